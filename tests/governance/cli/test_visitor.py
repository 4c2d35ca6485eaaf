"""Reading forms as a browser would."""

from governance.cli.visitor import forms_of

PAGE = """
<form action="/decide/" method="post" id="decision"><input type="hidden" name="csrf" value="abc">
<input type="radio" name="verdict" value="fine"><input type="radio" name="verdict" value="violates" checked>
<input type="checkbox" name="markets" value="DE" checked><input type="checkbox" name="markets" value="FR">
<select name="measure"><option value="warn">Warn</option><option value="remove" selected>Remove</option></select>
<textarea name="reason">
It says &amp; shows it.</textarea><button name="go" value="1">Decide</button></form>
<input name="age" value="18" form="decision"><input name="nowhere" value="1">
"""


def test_a_form_holds_what_a_browser_would_send() -> None:
    (form,) = forms_of(PAGE)
    assert (form.action, form.method) == ("/decide/", "post")
    assert form.values == [
        ("csrf", "abc"),
        ("verdict", "violates"),
        ("markets", "DE"),
        ("measure", "remove"),
        ("reason", "It says & shows it."),
        ("age", "18"),
    ]
