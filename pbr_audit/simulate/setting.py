"""Everything of an invented world that stands before its first client: chain, terms, prices, places."""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from pbr_audit.simulate.chain import AREAS_A_CONTRACT, CONTRACTS, Chain, build_chain
from pbr_audit.simulate.columns import Ints
from pbr_audit.simulate.config import Config
from pbr_audit.simulate.contracts import contract_files, contract_id, promise_lines, read_back
from pbr_audit.simulate.days import day_number
from pbr_audit.simulate.naming import place_names, provider_ids
from pbr_audit.simulate.seeds import generator
from pbr_audit.simulate.spec import SPECS, WorldSpec
from pbr_audit.simulate.surroundings import Surroundings, build_surroundings, small_contract_files
from pbr_audit.simulate.tariff import Tariff, build_tariff

FEWEST_EMPLOYERS_AN_AREA, MOST_EMPLOYERS_AN_AREA = 8, 60
CLAIMS_AN_EMPLOYER = 150


@dataclass(frozen=True)
class Setting:
    """What all blocks of clients share; days and areas are arrays by contract number.

    `files` are the contracts that are claimed on, as the chain has them.
    """

    config: Config
    spec: WorldSpec
    chain: Chain
    files: MappingProxyType[str, str]
    tariff: Tariff
    areas: tuple[str, ...]
    start_days: Ints
    end_days: Ints
    around: Surroundings

    @property
    def contract_files(self) -> dict[str, str]:
        """Every contract file by its name, with what was promised beside the chain."""
        texts = dict(self.files)
        for promise in self.around.promises:
            name = f"{contract_id(self.spec, promise.contract)}.toml"
            texts[name] += "\n".join(promise_lines(promise)) + "\n"
        return texts | small_contract_files(self.spec, self.around)

    @property
    def provider_ids(self) -> list[str]:
        """The ids of the chain's providers by number, and behind them of those who were only promised."""
        return provider_ids(self.chain.providers + len(self.around.promises))

    @property
    def employers(self) -> int:
        """How many employers there are; those of one area stand together."""
        return len(self.areas) * self.employers_an_area if self.spec.employers else 0

    @property
    def employers_an_area(self) -> int:
        """How many employers an area has."""
        wanted = self.config.claims // CLAIMS_AN_EMPLOYER
        return min(MOST_EMPLOYERS_AN_AREA, max(FEWEST_EMPLOYERS_AN_AREA, wanted))

    def rng(self, name: str, block: int = 0) -> np.random.Generator:
        """Return the stream of random numbers of a name in a block."""
        return generator(self.config.seed, name, block)


def build_setting(config: Config) -> Setting:
    """Invent the setting of a world."""
    spec = SPECS[config.world]
    chain = build_chain(config.seed, config.claims, config.subcontractors)
    files = contract_files(spec, chain, config.claims)
    return Setting(
        config=config,
        spec=spec,
        chain=chain,
        files=MappingProxyType(files),
        tariff=build_tariff(spec, chain, read_back(files)),
        areas=tuple(place_names(generator(config.seed, "areas"), CONTRACTS * AREAS_A_CONTRACT)),
        start_days=np.array([day_number(day) for day in chain.starts]),
        end_days=np.array([day_number(day) for day in chain.ends]),
        around=build_surroundings(spec, config.seed, config.claims),
    )
