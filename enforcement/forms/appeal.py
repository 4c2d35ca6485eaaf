"""What a merchant fills in to appeal, with errors in the language of their page."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from enforcement.domain.appeals import LONGEST
from enforcement.domain.files import LARGEST, MOST
from enforcement.language.words import Words
from enforcement.models import DecisionItem


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFiles(forms.FileField):
    """Every file of a multiple input; Django's own field keeps the last one only."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        return [each for each in data or () if each]


class WordsForm(forms.Form):
    """A text with files. `missing` is the key of what is said where there is no text."""

    missing = "error.text"
    text = forms.CharField(required=False, strip=True)
    proof = ManyFiles(required=False)

    def __init__(self, *args: Any, words: Words, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words = words

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if not text:
            raise forms.ValidationError(self.words(self.missing))
        if len(text) > LONGEST:
            raise forms.ValidationError(self.words("error.text_long"))
        return text

    def clean_proof(self) -> list[UploadedFile]:
        files: list[UploadedFile] = self.cleaned_data["proof"]
        if len(files) > MOST:
            raise forms.ValidationError(self.words("error.files_many"))
        for file in files:
            if (file.size or 0) > LARGEST:
                raise forms.ValidationError(self.words("error.file_big", name=file.name))
        return files


class AnswerForm(WordsForm):
    """The answer to a question about an appeal."""

    missing = "question.error_text"


class AppealForm(WordsForm):
    """`contestable` are the items that may be chosen; a single one needs no choice, nor does a whole event."""

    items = forms.MultipleChoiceField(required=False)
    whole_event = forms.BooleanField(required=False)
    field_order = ("whole_event", "items")

    def __init__(self, *args: Any, contestable: Sequence[DecisionItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contestable = {str(item.pk): item for item in contestable}
        self.fields["items"].choices = [(key, key) for key in self.contestable]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> list[str]:
        """What is ticked: everything until the merchant says otherwise."""
        return self.data.getlist("items") if self.is_bound else list(self.contestable)  # type: ignore[attr-defined]

    def clean_items(self) -> list[DecisionItem]:
        keys = self.cleaned_data["items"]
        if len(self.contestable) == 1 or self.cleaned_data.get("whole_event"):
            return list(self.contestable.values())
        if not keys:
            raise forms.ValidationError(self.words("error.items"))
        return [self.contestable[key] for key in keys]
