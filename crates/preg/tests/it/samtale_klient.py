"""A client of WS-SecureConversation that shares nothing with the server: lxml for canonical XML, hashlib and hmac for the rest.

It talks over its own standard input and output: a line `<edition>\t<kind>\t<envelope>` out, an answer as one line in. Each
envelope is what WCF sends, by its published source: the order of the elements, the references, the algorithms. Where an answer is
a fault, the kind says which is expected.
"""

import base64
import copy
import datetime
import hashlib
import hmac
import os
import sys
import uuid

from lxml import etree

S = "http://www.w3.org/2003/05/soap-envelope"
A = "http://www.w3.org/2005/08/addressing"
U = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
O = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
D = "http://www.w3.org/2000/09/xmldsig#"
EXC = "http://www.w3.org/2001/10/xml-exc-c14n#"
EDITIONS = {
    "feb": ("http://schemas.xmlsoap.org/ws/2005/02/trust", "http://schemas.xmlsoap.org/ws/2005/02/sc"),
    "des": (
        "http://docs.oasis-open.org/ws-sx/ws-trust/200512",
        "http://docs.oasis-open.org/ws-sx/ws-secureconversation/200512",
    ),
}
NOW = datetime.datetime(2026, 1, 14, 10, 0, 0)


def at(seconds):
    return (NOW + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def b64(data):
    return base64.b64encode(data).decode()


def p_sha1(secret, seed, length):
    out, a = b"", seed
    while len(out) < length:
        a = hmac.new(secret, a, hashlib.sha1).digest()
        out += hmac.new(secret, a + seed, hashlib.sha1).digest()
    return out[:length]


def c14n(element):
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


class Conversation:
    def __init__(self, edition, user="a", password="hemmelig-a"):
        self.edition, self.user, self.password = edition, user, password
        self.t, self.c = EDITIONS[edition]

    def envelope(self, action, body, *, signed=None, user=False, derived=None, external=False):
        """The message as text; `signed` is a key: context id, instance, key."""
        token_id = f"uuid-{uuid.uuid4()}-1"
        created = NOW.strftime("%Y-%m-%dT%H:%M:%S.123Z")
        expires = (NOW + datetime.timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%S.123Z")
        parts = [
            f'<u:Timestamp u:Id="_0"><u:Created>{created}</u:Created><u:Expires>{expires}</u:Expires></u:Timestamp>'
        ]
        if user:
            parts.append(
                f'<o:UsernameToken u:Id="uuid-{uuid.uuid4()}-2"><o:Username>{self.user}</o:Username>'
                f"<o:Password>{self.password}</o:Password></o:UsernameToken>"
            )
        if signed:
            context, instance, _ = signed
            inner = f"<c:Instance>{instance}</c:Instance>" if instance else ""
            parts.append(
                f'<c:SecurityContextToken u:Id="{token_id}" xmlns:c="{self.c}"><c:Identifier>{context}</c:Identifier>'
                f"{inner}</c:SecurityContextToken>"
            )
        text = (
            f'<s:Envelope xmlns:s="{S}" xmlns:a="{A}" xmlns:u="{U}"><s:Header>'
            f'<a:Action s:mustUnderstand="1">{action}</a:Action><a:MessageID>urn:uuid:{uuid.uuid4()}</a:MessageID>'
            f"<a:ReplyTo><a:Address>{A}/anonymous</a:Address></a:ReplyTo>"
            f'<a:To s:mustUnderstand="1">https://preg.test/PersonRegistry.svc</a:To>'
            f'<o:Security s:mustUnderstand="1" xmlns:o="{O}">{"".join(parts)}</o:Security></s:Header>'
            f"<s:Body>{body}</s:Body></s:Envelope>"
        )
        if not signed:
            return text
        root = etree.fromstring(text)
        self.sign(root, signed, token_id, derived, external)
        return etree.tostring(root, encoding="unicode")

    def reference(self, uri, kind, instance=None):
        extra = f' c:Instance="{instance}" xmlns:c="{self.c}"' if instance else ""
        value = f' ValueType="{self.c}/{kind}"' if kind else ""
        return (
            f'<o:SecurityTokenReference xmlns:o="{O}"><o:Reference{value} URI="{uri}"{extra}/>'
            "</o:SecurityTokenReference>"
        )

    def sign(self, root, signed, token_id, derived, external):
        security = root.find(f".//{{{O}}}Security")
        stamp = security.find(f"{{{U}}}Timestamp")
        context, instance, key = signed
        to_token = self.reference(context, "sct", instance) if external else self.reference(f"#{token_id}", "sct")
        key_info = to_token
        if derived is not None:
            nonce = os.urandom(16)
            label = derived.get("label")
            length, offset = derived.get("length", 32), derived.get("offset", 0)
            if "generation" in derived:
                offset = derived["generation"] * length
            seed = (label or "WS-SecureConversation" * 2).encode() + nonce
            key = p_sha1(key, seed, offset + length)[offset:]
            inner = "".join(
                f"<c:{name}>{derived[word]}</c:{name}>"
                for name, word in (("Generation", "generation"), ("Offset", "offset"), ("Length", "length"), ("Label", "label"))
                if word in derived
            )
            security.append(
                etree.fromstring(
                    f'<c:DerivedKeyToken u:Id="_1" xmlns:c="{self.c}" xmlns:u="{U}">{to_token}{inner}'
                    f"<c:Nonce>{b64(nonce)}</c:Nonce></c:DerivedKeyToken>"
                )
            )
            key_info = self.reference("#_1", "dk")
        signature = etree.fromstring(
            f'<Signature xmlns="{D}"><SignedInfo><CanonicalizationMethod Algorithm="{EXC}"/>'
            f'<SignatureMethod Algorithm="{D}hmac-sha1"/><Reference URI="#_0"><Transforms>'
            f'<Transform Algorithm="{EXC}"/></Transforms><DigestMethod Algorithm="{D}sha1"/>'
            f"<DigestValue>{b64(hashlib.sha1(c14n(stamp)).digest())}</DigestValue></Reference></SignedInfo>"
            f"<SignatureValue/><KeyInfo>{key_info}</KeyInfo></Signature>"
        )
        security.append(signature)
        value = hmac.new(key, c14n(signature.find(f"{{{D}}}SignedInfo")), hashlib.sha1).digest()
        signature.find(f"{{{D}}}SignatureValue").text = b64(value)

    def rst(self, what, entropy=None, target=None):
        inner = f"<t:TokenType>{self.c}/sct</t:TokenType>" if what != "Cancel" else ""
        inner += f"<t:RequestType>{self.t}/{what}</t:RequestType>"
        if entropy:
            inner += (
                f'<t:Entropy><t:BinarySecret u:Id="uuid-{uuid.uuid4()}-3" Type="{self.t}/Nonce">{b64(entropy)}'
                "</t:BinarySecret></t:Entropy><t:KeySize>256</t:KeySize>"
            )
        if target:
            context, instance, _ = target
            inner += f"<t:{what}Target>{self.reference(context, 'sct', instance)}</t:{what}Target>"
        return f'<t:RequestSecurityToken xmlns:t="{self.t}">{inner}</t:RequestSecurityToken>'

    def action(self, ending=""):
        return f"{self.t}/RST/SCT{ending}"

    def issued(self, answer, entropy):
        """The key of an answer, made and checked as a client does."""
        body = self.check(answer, "RSTR/SCT")
        if self.edition == "des":
            assert body.tag == f"{{{self.t}}}RequestSecurityTokenResponseCollection", body.tag
            (body,) = body
        assert body.tag == f"{{{self.t}}}RequestSecurityTokenResponse", body.tag

        def text(path):
            (found,) = body.findall(path, {"t": self.t, "c": self.c, "u": U, "o": O})
            return found.text

        assert text("t:TokenType") == f"{self.c}/sct"
        assert text("t:RequestedProofToken/t:ComputedKey") == f"{self.t}/CK/PSHA1"
        assert text("t:KeySize") == "256"
        created, expires = (
            datetime.datetime.strptime(text(f"t:Lifetime/u:{name}"), "%Y-%m-%dT%H:%M:%S.%fZ") for name in ("Created", "Expires")
        )
        assert expires - created == datetime.timedelta(hours=10)
        token = body.find(f"{{{self.t}}}RequestedSecurityToken/{{{self.c}}}SecurityContextToken")
        context = token.findtext(f"{{{self.c}}}Identifier")
        instance = token.findtext(f"{{{self.c}}}Instance")
        assert uuid.UUID(context).version == 4 and context.startswith("urn:uuid:")
        attached = body.find(f"{{{self.t}}}RequestedAttachedReference//{{{O}}}Reference")
        assert attached.get("URI") == "#" + token.get(f"{{{U}}}Id")
        unattached = body.find(f"{{{self.t}}}RequestedUnattachedReference//{{{O}}}Reference")
        assert unattached.get("URI") == context
        assert unattached.get(f"{{{self.c}}}Instance") == instance
        theirs = base64.b64decode(text("t:Entropy/t:BinarySecret"))
        assert len(theirs) == 32 and theirs != entropy
        return context, instance, p_sha1(entropy, theirs, 32)

    def check(self, answer, ending=None):
        """The element in the body of an answer that WCF would take: an action, and a fresh timestamp and nothing else."""
        root = etree.fromstring(answer.encode())
        security = root.find(f"{{{S}}}Header/{{{O}}}Security")
        assert [child.tag for child in security] == [f"{{{U}}}Timestamp"], answer
        if ending:
            assert ending in root.findtext(f"{{{S}}}Header/{{{A}}}Action"), answer
        (body,) = root.find(f"{{{S}}}Body")
        return body


def ask(kind, edition, envelope):
    print(edition, kind, envelope, sep="\t", flush=True)
    return sys.stdin.readline().rstrip("\n")


def fault(answer, code):
    value = etree.fromstring(answer.encode()).findtext(f".//{{{S}}}Subcode/{{{S}}}Value")
    assert value and value.endswith(":" + code), (code, answer)


CALL = '<AddPerson xmlns="http://tempuri.org/"/>'
ADD = "http://tempuri.org/IPersonRegistry/AddPerson"


def open_one(edition, user="a"):
    one = Conversation(edition, user, f"hemmelig-{user}")
    entropy = os.urandom(32)
    answer = ask("OK", edition, one.envelope(one.action(), one.rst("Issue", entropy), user=True))
    return one, one.issued(answer, entropy)


def changed(one, key, change, **how):
    """A good call, with its tree changed after it was signed."""
    root = etree.fromstring(one.envelope(ADD, CALL, signed=key, **how))
    change(root)
    return etree.tostring(root, encoding="unicode")


def walk(edition):
    one, key = open_one(edition)
    for how in (
        {},
        {"external": True},
        {"derived": {}},
        {"derived": {"length": 24}},
        {"derived": {"offset": 32, "length": 32}},
        {"derived": {"generation": 1, "length": 32}},
        {"derived": {"label": "min egen"}, "external": True},
    ):
        assert one.check(ask("OK", edition, one.envelope(ADD, CALL, signed=key, **how)), "AddPersonResponse").tag == "inne-a"
    # A new key, for who shows the password again; the one before it lasts a while.
    entropy = os.urandom(32)
    renewal = one.envelope(one.action("/Renew"), one.rst("Renew", entropy, key), user=True, signed=key)
    new = one.issued(ask("OK", edition, renewal), entropy)
    assert new[0] == key[0] and new[1] and new[2] != key[2]
    for use in (key, new):
        for how in ({}, {"external": True}):
            assert one.check(ask("OK", edition, one.envelope(ADD, CALL, signed=use, **how))).tag == "inne-a"
    mixed = (new[0], new[1], key[2])
    fault(ask("InvalidSecurity", edition, one.envelope(ADD, CALL, signed=mixed)), "InvalidSecurity")
    call = one.envelope(ADD, CALL, signed=new)
    cancel = one.envelope(one.action("/Cancel"), one.rst("Cancel", target=new), signed=new)
    body = one.check(ask("OK", edition, cancel), "RSTR/SCT/Cancel")
    assert [e.tag for e in body.iter(f"{{{one.t}}}RequestedTokenCancelled")], etree.tostring(body)
    for again in (call, cancel, renewal):
        fault(ask("BadContextToken", edition, again), "BadContextToken")


def attacks(edition):
    global NOW
    one, key = open_one(edition)
    other, others = open_one(edition, "b")
    ns = {"s": S, "o": O, "u": U, "d": D, "c": one.c}

    def find(root, path):
        return root.find(path, ns)

    def security(root):
        return find(root, "s:Header/o:Security")

    def text(path, value):
        return lambda root: setattr(find(root, path), "text", value)

    def attribute(path, name, value):
        return lambda root: find(root, path).set(name, value)

    def remove(path):
        def change(root):
            element = find(root, path)
            element.getparent().remove(element)

        return change

    def twice(path):
        def change(root):
            element = find(root, path)
            element.addnext(copy.deepcopy(element))

        return change

    def put(path, xml):
        return lambda root: find(root, path).append(etree.fromstring(xml))

    def wrapped(root):
        # The signed timestamp is put away where nobody reads it, and one of the attacker's in its place.
        stamp = find(root, ".//u:Timestamp")
        fresh = copy.deepcopy(stamp)
        fresh.set(f"{{{U}}}Id", "_9")
        stamp.getparent().replace(stamp, fresh)
        away = etree.SubElement(find(root, "s:Header"), "{urn:x}Bort")
        away.append(stamp)

    def wrapped_same_id(root):
        stamp = find(root, ".//u:Timestamp")
        fresh = copy.deepcopy(stamp)
        find(fresh, "u:Created").text = at(5)
        stamp.getparent().replace(stamp, fresh)
        away = etree.SubElement(find(root, "s:Body")[0], "{urn:x}Bort")
        away.append(stamp)

    def second_header(root):
        header = security(root)
        header.addnext(copy.deepcopy(header))

    def header_of_another_role(root):
        header = copy.deepcopy(security(root))
        header.set(f"{{{S}}}role", "urn:annen")
        security(root).addprevious(header)

    def resign(root, change, signing_key=None):
        """Changed before it is signed: what is refused is refused by rule, and not since the value is wrong."""
        change(root)
        signature = find(root, ".//d:Signature")
        for reference in signature.iter(f"{{{D}}}Reference"):
            target = [e for e in root.iter() if "#" + (e.get(f"{{{U}}}Id") or "") == reference.get("URI")]
            if target:
                algorithm = reference.find(f"{{{D}}}DigestMethod").get("Algorithm")
                digest = hashlib.sha256 if algorithm.endswith("sha256") else hashlib.sha1
                reference.find(f"{{{D}}}DigestValue").text = b64(digest(c14n(target[0])).digest())
        method = find(signature, "d:SignedInfo/d:SignatureMethod")
        hashing = hashlib.sha256 if method.get("Algorithm").endswith("sha256") else hashlib.sha1
        value = hmac.new(signing_key or key[2], c14n(find(signature, "d:SignedInfo")), hashing).digest()
        cut = method.findtext(f"{{{D}}}HMACOutputLength")
        find(signature, "d:SignatureValue").text = b64(value[: int(cut) // 8] if cut else value)

    info = ".//d:SignedInfo"
    prefixes = f'<ec:InclusiveNamespaces xmlns:ec="{EXC}" PrefixList="s"/>'
    more = "http://www.w3.org/2001/04/xmldsig-more#"
    sha256 = "http://www.w3.org/2001/04/xmlenc#sha256"
    body_id = lambda root: find(root, "s:Body").set(f"{{{U}}}Id", "_5")
    after = {
        "changed timestamp": text(".//u:Created", at(1)),
        "longer life": text(".//u:Expires", at(86_400)),
        "wrong digest": text(".//d:DigestValue", b64(b"x" * 20)),
        "wrong value": text(".//d:SignatureValue", b64(b"x" * 20)),
        "no value": text(".//d:SignatureValue", ""),
        "short value": text(".//d:SignatureValue", b64(b"x" * 10)),
        "signature stripped": remove(".//d:Signature"),
        "token stripped": remove(".//c:SecurityContextToken"),
        "timestamp stripped": remove(".//u:Timestamp"),
        "token and signature stripped": lambda root: [remove(p)(root) for p in (".//d:Signature", ".//c:SecurityContextToken")],
        "two timestamps": twice(".//u:Timestamp"),
        "two tokens": twice(".//c:SecurityContextToken"),
        "two signatures": twice(".//d:Signature"),
        "two references": twice(info + "/d:Reference"),
        "wrapped": wrapped,
        "wrapped with its id": wrapped_same_id,
        "two headers": second_header,
        "another role": header_of_another_role,
        "id twice": attribute("s:Body", f"{{{U}}}Id", "_0"),
        "id twice without a namespace": attribute("s:Body/*", "ID", "_0"),
        "id twice by xml:id": attribute("s:Body/*", "{http://www.w3.org/XML/1998/namespace}id", "_0"),
        "huge reference": attribute(info + "/d:Reference", "URI", "#" + "_" * 60_000),
        "a reference away": attribute(info + "/d:Reference", "URI", "http://127.0.0.1:1/x"),
        "a reference to all": attribute(info + "/d:Reference", "URI", ""),
        "a pointer": attribute(info + "/d:Reference", "URI", "#xpointer(id('_0'))"),
        "a password too": put(
            "s:Header/o:Security",
            f'<o:UsernameToken xmlns:o="{O}"><o:Username>a</o:Username><o:Password>hemmelig-a</o:Password></o:UsernameToken>',
        ),
        "an unknown token": put("s:Header/o:Security", f'<o:BinarySecurityToken xmlns:o="{O}"/>'),
        "a cookie": put(".//c:SecurityContextToken", '<x:Cookie xmlns:x="http://schemas.microsoft.com/ws/2006/05/security">AA==</x:Cookie>'),
        "no key info": remove(".//d:KeyInfo"),
        "a key of its own": put(".//d:KeyInfo", f'<KeyValue xmlns="{D}"/>'),
        "another's token": text(".//c:Identifier", others[0]),
        "a derived key that is not used": put(
            "s:Header/o:Security",
            f'<c:DerivedKeyToken u:Id="_1" xmlns:c="{one.c}" xmlns:u="{U}">{one.reference(key[0], "sct")}'
            f"<c:Nonce>{b64(bytes(16))}</c:Nonce></c:DerivedKeyToken>",
        ),
    }
    for name, change in after.items():
        fault(ask("InvalidSecurity", edition, changed(one, key, change)), "InvalidSecurity")
    before = {
        "another element": [attribute(info + "/d:Reference", "URI", "#_5"), body_id],
        "prefixes in the transform": [put(info + "//d:Transform", prefixes)],
        "prefixes for the whole": [put(info + "/d:CanonicalizationMethod", prefixes)],
        "truncated": [put(info + "/d:SignatureMethod", f'<HMACOutputLength xmlns="{D}">80</HMACOutputLength>')],
        "not truncated": [put(info + "/d:SignatureMethod", f'<HMACOutputLength xmlns="{D}">160</HMACOutputLength>')],
        "hmac-sha256": [attribute(info + "/d:SignatureMethod", "Algorithm", more + "hmac-sha256")],
        "digest sha256": [attribute(info + "//d:DigestMethod", "Algorithm", sha256)],
        "inclusive": [
            attribute(info + "/d:CanonicalizationMethod", "Algorithm", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315")
        ],
        "with comments": [attribute(info + "//d:Transform", "Algorithm", EXC + "WithComments")],
        "xslt": [attribute(info + "//d:Transform", "Algorithm", "http://www.w3.org/TR/1999/REC-xslt-19991116")],
        "xpath": [attribute(info + "//d:Transform", "Algorithm", "http://www.w3.org/TR/1999/REC-xpath-19991116")],
        "two transforms": [twice(info + "//d:Transform")],
        "no transforms": [remove(info + "//d:Transforms")],
        "a type": [attribute(info + "/d:Reference", "Type", "urn:x")],
        "an object": [put(".//d:Signature", f'<Object xmlns="{D}"/>')],
        "a timestamp without id": [lambda root: find(root, ".//u:Timestamp").attrib.pop(f"{{{U}}}Id")],
        "an id without a namespace": [
            lambda root: find(root, ".//u:Timestamp").attrib.pop(f"{{{U}}}Id"),
            attribute(".//u:Timestamp", "Id", "_0"),
        ],
    }
    for name, changes in before.items():
        for use in (None, bytes(32)):
            root = lambda root: resign(root, lambda r: [change(r) for change in changes], use)
            fault(ask("InvalidSecurity", edition, changed(one, key, root)), "InvalidSecurity")
    # What is only signed again, with the key, is taken: so that the list above was refused for what it changed.
    good = changed(one, key, lambda root: resign(root, text(".//u:Created", at(1))))
    assert one.check(ask("OK", edition, good)).tag == "inne-a"
    comment = changed(one, key, lambda root: find(root, ".//u:Created").append(etree.Comment("k")))
    assert one.check(ask("OK", edition, comment)).tag == "inne-a"
    # Derived keys outside the bounds, with a true signature.
    for derived in (
        {"length": 16},
        {"length": 65},
        {"offset": 65},
        {"generation": 3, "length": 32},
        {"generation": 0, "offset": 0},
        {"label": "x" * 129},
    ):
        fault(ask("InvalidSecurity", edition, one.envelope(ADD, CALL, signed=key, derived=derived)), "InvalidSecurity")
    # The other's key, the other's context, no such context.
    fault(ask("InvalidSecurity", edition, one.envelope(ADD, CALL, signed=(key[0], None, others[2]))), "InvalidSecurity")
    none = (f"urn:uuid:{uuid.uuid4()}", None, key[2])
    fault(ask("BadContextToken", edition, one.envelope(ADD, CALL, signed=none)), "BadContextToken")
    instance = (key[0], none[0], key[2])
    fault(ask("BadContextToken", edition, one.envelope(ADD, CALL, signed=instance)), "BadContextToken")
    cancel = one.envelope(one.action("/Cancel"), one.rst("Cancel", target=others), signed=key)
    fault(ask("InvalidRequest", edition, cancel), "InvalidRequest")
    entropy = os.urandom(32)
    renew = other.envelope(one.action("/Renew"), one.rst("Renew", entropy, key), user=True, signed=key)
    fault(ask("InvalidSecurity", edition, renew), "InvalidSecurity")
    no_password = one.envelope(one.action("/Renew"), one.rst("Renew", entropy, key), signed=key)
    fault(ask("InvalidSecurity", edition, no_password), "InvalidSecurity")
    signed_issue = one.envelope(one.action(), one.rst("Issue", entropy), signed=key)
    fault(ask("InvalidSecurity", edition, signed_issue), "InvalidSecurity")
    # Requests that are not valid.
    issue = one.rst("Issue", entropy)
    for text_, action in (
        (one.rst("Issue"), one.action()),
        (one.rst("Issue", b"x" * 15), one.action()),
        (one.rst("Issue", b"x" * 129), one.action()),
        (one.rst("Renew", entropy, key), one.action()),
        (issue.replace(">256<", ">128<"), one.action()),
        (issue.replace("/sct<", "/annet<"), one.action()),
        (issue.replace("/Nonce", "/AsymmetricKey"), one.action()),
        (issue.replace("<t:Key", "<t:Claims/><t:Key"), one.action()),
        (issue.replace("<t:Entropy>", "<t:Entropy/><t:Entropy>"), one.action()),
    ):
        fault(ask("InvalidRequest", edition, one.envelope(action, text_, user=True)), "InvalidRequest")
    wrong = Conversation(edition, "a", "galt")
    fault(ask("FailedAuthentication", edition, wrong.envelope(one.action(), issue, user=True)), "FailedAuthentication")
    fault(ask("ActionNotSupported", edition, one.envelope(ADD, issue, user=True)), "ActionNotSupported")
    # The other edition's names for a context of this.
    cross = Conversation("des" if edition == "feb" else "feb")
    fault(ask("BadContextToken", edition, cross.envelope(ADD, CALL, signed=key)), "BadContextToken")
    # After all of it, both are as they were, until the users change.
    for who, use, tag in ((one, key, "inne-a"), (other, others, "inne-b")):
        assert who.check(ask("OK", edition, who.envelope(ADD, CALL, signed=use))).tag == tag
    ask("BYTT", edition, "a")
    fault(ask("BadContextToken", edition, one.envelope(ADD, CALL, signed=key)), "BadContextToken")
    assert other.check(ask("OK", edition, other.envelope(ADD, CALL, signed=others))).tag == "inne-b"
    ask("TID", edition, "36000")
    fault(ask("InvalidSecurity", edition, other.envelope(ADD, CALL, signed=others)), "InvalidSecurity")
    NOW += datetime.timedelta(seconds=36000)
    fault(ask("BadContextToken", edition, other.envelope(ADD, CALL, signed=others)), "BadContextToken")


if __name__ == "__main__":
    for edition in EDITIONS:
        walk(edition)
        attacks(edition)
    print("SLUTT", flush=True)
