"""Briefing: the evening's recap and opinion."""

from newsletter.draft import house
from newsletter.draft.form import Form

BRIEFING = Form(id="briefing", write=house.write)
