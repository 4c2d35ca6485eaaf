"""Addresses of enforcement: policies as they act, and sweeps."""

from django.urls import URLPattern, path

from enforcement.views import decisions, policies, policy_edit, preview, rule_language, statement, sweeps, transparency

app_name = "enforcement"
urlpatterns: list[URLPattern] = [
    path("policies/", policies.PolicyList.as_view(), name="policies"),
    path("policies/new/", policies.create, name="policy-create"),
    path("policies/rule/check/", policy_edit.check_rule, name="rule-check"),
    path("policies/rule/language/", rule_language.page, name="rule-language"),
    path("policies/<int:pk>/", policies.detail, name="policy"),
    path("policies/<int:pk>/edit/", policy_edit.edit, name="policy-edit"),
    path("policies/<int:pk>/preview/", preview.begin, name="preview"),
    path("policies/<int:pk>/preview/<int:number>/", preview.read_on, name="preview-read-on"),
    path("policies/<int:pk>/mode/", policies.set_mode, name="policy-mode"),
    path("policies/<int:pk>/waivers/", policies.waive, name="policy-waive"),
    path("policies/<int:pk>/waivers/<int:waiver>/revoke/", policies.revoke_waiver, name="waiver-revoke"),
    path("policies/<int:pk>/v<int:number>/", policies.detail, name="policy-version"),
    path("policies/<int:pk>/v<int:number>/submit/", policies.submit, name="policy-submit"),
    path("policies/<int:pk>/v<int:number>/answer/", policies.answer, name="policy-answer"),
    path("policies/<int:pk>/v<int:number>/withdraw/", policies.withdraw, name="policy-withdraw"),
    path("sweeps/", sweeps.SweepList.as_view(), name="sweeps"),
    path("sweeps/start/", sweeps.start, name="sweep-start"),
    path("sweeps/<int:pk>/", sweeps.detail, name="sweep"),
    path("sweeps/<int:pk>/counts.csv", sweeps.counts, name="sweep-counts"),
    path("sweeps/<int:pk>/pause/", sweeps.pause, name="sweep-pause"),
    path("sweeps/<int:pk>/resume/", sweeps.resume, name="sweep-resume"),
    path("sweeps/<int:pk>/cancel/", sweeps.cancel, name="sweep-cancel"),
    path("decisions/", decisions.DecisionList.as_view(), name="decisions"),
    path("decisions/<str:reference>/", decisions.detail, name="decision"),
    path("decisions/<str:reference>/reverse/", decisions.reverse, name="decision-reverse"),
    path("decisions/<str:reference>/messages/<int:pk>/again/", decisions.send_again, name="message-again"),
    path("transparency/", transparency.SubmissionList.as_view(), name="transparency"),
    path("transparency/<int:pk>/", transparency.detail, name="transparency-submission"),
    path("transparency/<int:pk>/again/", transparency.again, name="transparency-again"),
    path("s/<str:token>/", statement.statement, name="statement"),
    path("s/<str:token>/appeal/", statement.file, name="statement-appeal"),
    path("s/<str:token>/withdraw/", statement.withdraw, name="statement-withdraw"),
]
