"""Registers of invented people: who they are, how often they registered, with what slips; and the truth."""

from pbr_audit.simulate.registry.habits import Habits
from pbr_audit.simulate.registry.register import register_blocks, registrations

__all__ = ["Habits", "register_blocks", "registrations"]
