#!/usr/bin/env python3
"""A test that a vendor can start from: it drives a test environment, and needs nothing but Python.

    persontjenesten demo --personer 1000 &
    BASE=http://127.0.0.1:8642 TOKEN=$(persontjenesten token --pakke offentlig-med-hjemmel) python3 proeve.py

Snapshot, a person with chosen facts, an event, reading them as a consumer does, and everything as it was again.
"""

import json
import os
import urllib.error
import urllib.request

BASE = os.environ.get("BASE", "http://127.0.0.1:8642").rstrip("/")
TOKEN = os.environ["TOKEN"]
KONSUMENT = BASE + "/folkeregisteret/offentlig-med-hjemmel/api/v1"
PAKKE = "offentlig-med-hjemmel"


def kall(metode, url, kropp=None, hoder=None):
    """One call; gives status and body."""
    data = None if kropp is None else json.dumps(kropp).encode()
    foresporsel = urllib.request.Request(url, data=data, method=metode, headers=hoder or {})
    try:
        with urllib.request.urlopen(foresporsel, timeout=30) as svar:
            tekst = svar.read()
            return svar.status, json.loads(tekst) if tekst else None
    except urllib.error.HTTPError as feil:
        tekst = feil.read()
        return feil.code, json.loads(tekst) if tekst else None


def test(metode, sti, kropp=None):
    """A call to test control, which must go well."""
    if metode in ("POST", "PUT") and kropp is None:
        kropp = {}
    status, svar = kall(metode, BASE + "/testkontroll/v1/" + sti, kropp, {"Content-Type": "application/json"})
    assert status < 300, (status, svar)
    return svar


def konsument(sti):
    """A call as a consumer."""
    return kall("GET", KONSUMENT + "/" + sti, None, {"Authorization": "Bearer " + TOKEN, "Accept": "application/json"})


def main():
    test("POST", "oeyeblikksbilder", {"navn": "proeve"})
    try:
        # A person, and the number under which each package hears of it.
        person = test("POST", "personer", {
            "foedselsdato": "1988-05-17",
            "kjoenn": "kvinne",
            "navn": {"fornavn": "ILDFULL", "etternavn": "PAPEGØYE"},
        })
        nummer = person["folkeregisteridentifikator"]
        status, dokument = konsument("personer/" + nummer)
        assert status == 200 and dokument["navn"][0]["fornavn"] == "ILDFULL", (status, dokument)

        # Something happens: she takes another name.
        hendelse = test("POST", "hendelser", {
            "person": nummer,
            "hendelsestype": "endringINavn",
            "endringer": [{"entitet": "navn", "innhold": {"fornavn": "ILDFULL", "etternavn": "SKILPADDE"}}],
        })
        [sekvensnummer] = hendelse["sekvensnummer"][PAKKE]

        # The feed has it at that number.
        status, feed = konsument("hendelser/feed?seq=%d" % sekvensnummer)
        assert status == 200 and feed[0]["sekvensnummer"] == sekvensnummer, (status, feed)
        assert feed[0]["hendelse"]["folkeregisteridentifikator"] == nummer
        assert feed[0]["hendelse"]["hendelsetype"] == "endringINavn"
        status, dokument = konsument("personer/" + nummer)
        assert status == 200 and dokument["navn"][0]["etternavn"] == "SKILPADDE", (status, dokument)
    finally:
        test("POST", "oeyeblikksbilder/proeve/gjenopprett")
        test("DELETE", "oeyeblikksbilder/proeve")
    # As if nothing had happened: nobody has the number.
    status, _ = konsument("personer/" + nummer)
    assert status == 404, status
    print("alt gikk som det skulle")


if __name__ == "__main__":
    main()
