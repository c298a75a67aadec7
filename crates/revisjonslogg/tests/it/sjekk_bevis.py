"""Checks an inclusion proof with nothing of ours: hashlib for the tree, openssl for the signature.

Usage: sjekk_bevis.py PROOF KEY, with the key as `name+hash+base64`. Prints the record's number, or fails.
"""

import base64
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def root(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """RFC 9162, 2.1.3.2."""
    assert index < size
    fn, sn, r = index, size - 1, leaf
    for p in path:
        assert sn != 0
        if fn % 2 == 1 or fn == sn:
            r = sha(b"\x01", p, r)
            while fn % 2 == 0 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = sha(b"\x01", r, p)
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0
    return r


def verify_note(note: str, key: str) -> list[str]:
    """A signed note, c2sp.org/signed-note: the lines of its text."""
    name, keyhash, data = key.split("+", 2)
    raw = base64.b64decode(data)
    assert raw[0] == 1 and len(raw) == 33
    assert sha(name.encode(), b"\n", raw)[:4].hex() == keyhash
    text, signatures = note.rsplit("\n\n", 1)
    text += "\n"
    signed_by, signature = signatures.splitlines()[0].removeprefix("— ").split(" ")
    assert signed_by == name
    signature = base64.b64decode(signature)
    assert signature[:4].hex() == keyhash
    with tempfile.TemporaryDirectory() as folder:
        here = pathlib.Path(folder)
        # SubjectPublicKeyInfo of an Ed25519 key: a fixed head and the 32 bytes.
        (here / "key.der").write_bytes(bytes.fromhex("302a300506032b6570032100") + raw[1:])
        (here / "text").write_bytes(text.encode())
        (here / "signature").write_bytes(signature[4:])
        openssl = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", here / "key.der"]
        subprocess.run([*openssl, "-rawin", "-in", here / "text", "-sigfile", here / "signature"], check=True, capture_output=True)
    return text.splitlines()


def main() -> None:
    proof = json.loads(pathlib.Path(sys.argv[1]).read_text())
    lines = verify_note(proof["hode"], sys.argv[2])
    leaf = sha(b"\x00", base64.b64decode(proof["post"]))
    path = [base64.b64decode(p) for p in proof["sti"]]
    assert root(leaf, proof["nr"], int(lines[1]), path) == base64.b64decode(lines[2])
    print(proof["nr"])


main()
