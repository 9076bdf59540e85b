"""Invented contracts, with chosen acts planted and the truth about them; made without a look at any rule."""

from pbr_audit.simulate.config import Config, Plant
from pbr_audit.simulate.families import FAMILIES
from pbr_audit.simulate.world import World, simulate
from pbr_audit.simulate.writing import write_simulation, write_world

__all__ = ["FAMILIES", "Config", "Plant", "World", "simulate", "write_simulation", "write_world"]
