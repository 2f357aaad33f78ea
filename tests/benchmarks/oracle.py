"""Sixty worlds held against their raw rows: numbers, findings, gates and verdicts that these do not bear out.

`python -m tests.benchmarks.oracle [--first 0] [--last 60]`
"""

import argparse
from dataclasses import asdict
from itertools import islice

from tests.oracle.agree import differences, numbers, sixty
from tests.worlds.axes import World
from tests.worlds.world import judged


def main() -> None:
    """Print a line a world with its axes, the numbers compared and what differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--last", type=int, default=60)
    chosen, usual = parser.parse_args(), asdict(World())
    for place, of in enumerate(islice(sixty(), chosen.first, chosen.last), chosen.first):
        said = judged(of)
        axes = " ".join(f"{name}={value}" for name, value in asdict(of).items() if value != usual[name])
        found = list(differences(of, said))
        told = sum(id in said.facts and said.facts[id].value is not None for id in numbers(of, said))
        print(f"{place} {axes}: {told} numbers, {len(said.findings)} findings, {len(found)} differ", flush=True)
        for one in found:
            print(f"    {one}", flush=True)


if __name__ == "__main__":
    main()
