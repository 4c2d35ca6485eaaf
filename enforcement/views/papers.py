"""A statement of reasons as a file to keep."""

from django.http import HttpResponse

from enforcement.domain import papers
from enforcement.models import Statement


def papers_response(statement: Statement) -> HttpResponse:
    """Raises FontsMissing."""
    response = HttpResponse(papers.pdf([statement]), content_type=papers.TYPE)
    response["Content-Disposition"] = f'attachment; filename="{papers.name_of([statement])}"'
    return response
