"""Checks licences, sources and banned crates against deny.toml, offline: for machines without cargo-deny.

Reads what `cargo metadata` says of every crate that `cargo tree` shows for some platform and feature; what stands in
the lock file and is never built is passed over, as cargo-deny does. Advisories are not checked.
Ends with 0 when all is well, with 1 and one line for each finding otherwise.
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROT = Path(__file__).resolve().parent.parent


class Uleselig(Exception):
    """An expression that is no SPDX licence expression."""


class Uttrykk:
    """An SPDX licence expression: `A OR B AND (C WITH x)`; AND binds tighter. The old form `A/B` is `A OR B`."""

    def __init__(self, tekst):
        self.ledd = re.findall(r"[()]|[^\s()]+", tekst.replace("/", " OR "))
        self.plass = 0

    def neste(self):
        return self.ledd[self.plass] if self.plass < len(self.ledd) else None

    def ta(self):
        ledd = self.neste()
        if ledd is None:
            raise Uleselig
        self.plass += 1
        return ledd

    def oppfylt(self, tillatt, brukt):
        """Whether the allowed licences meet the whole expression; those that were needed are added to `brukt`."""
        svar, trengt = self.eller(tillatt)
        if self.neste() is not None:
            raise Uleselig
        if svar:
            brukt |= trengt
        return svar

    def eller(self, tillatt):
        svar, trengt = self.og(tillatt)
        while self.neste() == "OR":
            self.ta()
            annet, annet_trengt = self.og(tillatt)
            if annet and not svar:
                svar, trengt = True, annet_trengt
        return svar, trengt

    def og(self, tillatt):
        svar, trengt = self.en(tillatt)
        while self.neste() == "AND":
            self.ta()
            annet, annet_trengt = self.en(tillatt)
            svar, trengt = svar and annet, trengt | annet_trengt
        return svar, trengt

    def en(self, tillatt):
        ledd = self.ta()
        if ledd == "(":
            svar = self.eller(tillatt)
            if self.ta() != ")":
                raise Uleselig
            return svar
        if ledd in (")", "OR", "AND", "WITH"):
            raise Uleselig
        if self.neste() == "WITH":
            self.ta()
            ledd = f"{ledd} WITH {self.ta()}"
        return ledd in tillatt, {ledd}


def cargo(*argumenter):
    """What an offline cargo command prints."""
    kommando = ["cargo", argumenter[0], "--locked", "--offline", *argumenter[1:]]
    svar = subprocess.run(kommando, cwd=ROT, capture_output=True, text=True, check=False)
    if svar.returncode != 0:
        sys.exit(f"{svar.stderr.strip()}\ncargo {argumenter[0]} mislyktes; kjør «cargo fetch --locked» først")
    return svar.stdout


def pakker():
    """Every crate that is built somewhere, ours included."""
    valg = ["--workspace", "--all-features", "--target", "all", "--edges", "normal,build,dev"]
    tre = cargo("tree", *valg, "--prefix", "none", "--format", "{p}")
    bygges = {tuple(linje.split()[:2]) for linje in tre.splitlines() if linje}
    alle = json.loads(cargo("metadata", "--format-version", "1", "--all-features"))["packages"]
    svar = [pakke for pakke in alle if (pakke["name"], f"v{pakke['version']}") in bygges]
    if len(svar) != len(bygges):
        sys.exit("cargo tree og cargo metadata nevner ikke de samme pakkene")
    return svar


def funn(regler, alle):
    """What breaks a rule, one sentence each."""
    tillatt = set(regler["licenses"]["allow"])
    kilder = {f"registry+{adresse}" for adresse in regler["sources"]["allow-registry"]}
    kilder |= {f"git+{adresse}" for adresse in regler["sources"]["allow-git"]}
    unntak = {regel["name"]: set(regel["allow"]) for regel in regler["licenses"].get("exceptions", [])}
    forbudt = {regel["name"] for regel in regler["bans"]["deny"]}
    brukt = set()
    for pakke in alle:
        navn = f"{pakke['name']} {pakke['version']}"
        lisens = pakke["license"]
        if pakke["name"] in forbudt:
            yield f"{navn}: forbudt i deny.toml"
        if pakke["source"] is not None and pakke["source"].split("?")[0].split("#")[0] not in kilder:
            yield f"{navn}: kilden {pakke['source']} er ikke tillatt"
        if lisens is None:
            yield f"{navn}: oppgir ingen lisens"
            continue
        try:
            if not Uttrykk(lisens).oppfylt(tillatt | unntak.get(pakke["name"], set()), brukt):
                yield f"{navn}: lisensen «{lisens}» er ikke tillatt"
        except Uleselig:
            yield f"{navn}: lisensen «{lisens}» kan ikke leses"
    for lisens in sorted(tillatt - brukt):
        print(f"merk: lisensen {lisens} er tillatt, men ingen trenger den", file=sys.stderr)


def proev_uttrykk():
    """The reader of expressions against cases with known answers; it guards the gate, so it is tried every time."""
    for tekst, ventet in [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("GPL-3.0-only OR MIT", True),
        ("MIT/Apache-2.0", True),
        ("MIT AND GPL-3.0-only", False),
        ("GPL-3.0-only OR MIT AND Apache-2.0", True),
        ("(GPL-3.0-only OR MIT) AND GPL-2.0-only", False),
        ("Apache-2.0 WITH LLVM-exception", False),
        ("Apache-2.0 WITH LLVM-exception OR MIT", True),
    ]:
        assert Uttrykk(tekst).oppfylt({"MIT", "Apache-2.0"}, set()) is ventet, tekst
    for tekst in ["", "MIT MIT", "(MIT", "MIT OR", "AND"]:
        try:
            Uttrykk(tekst).oppfylt({"MIT"}, set())
        except Uleselig:
            continue
        raise AssertionError(tekst)


def main():
    proev_uttrykk()
    regler = tomllib.loads((ROT / "deny.toml").read_text(encoding="utf-8"))
    alle = pakker()
    feil = list(funn(regler, alle))
    for linje in feil:
        print(linje)
    print(f"{len(alle)} pakker kontrollert mot deny.toml, {len(feil)} funn")
    return 1 if feil else 0


if __name__ == "__main__":
    sys.exit(main())
