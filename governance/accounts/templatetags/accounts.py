"""`{% load accounts %}`: the log in words."""

from django import template

from governance.accounts.text import log

register = template.Library()
register.filter("verb", log.verb)
register.filter("kind", log.kind)
register.filter("details", log.details)
