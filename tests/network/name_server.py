#!/usr/bin/env python3
"""name_server.py ZONE LOG: a name server at port 53 of 127.0.0.53, and two that never answer at 127.0.0.54 and .55.

ZONE is JSON, read anew for each question: {"name": ["192.0.2.1", "2001:db8::1", "silent AAAA"]}; no other name exists. LOG gets a
line for each question: seconds, server, name, type.
"""
import ipaddress
import json
import selectors
import socket
import sys
import time

zone, log = sys.argv[1], open(sys.argv[2], "a", buffering=1)
TYPES = {1: "A", 28: "AAAA"}


def parse(question):
    labels, at = [], 12  # behind the header: RFC 1035, section 4.1.1
    while question[at]:
        labels.append(question[at + 1:at + 1 + question[at]].decode())
        at += question[at] + 1
    kind = int.from_bytes(question[at + 1:at + 3], "big")
    return ".".join(labels), TYPES.get(kind, str(kind)), question[12:at + 5]


def answer(question, name, kind, asked):
    with open(zone) as file:
        known = json.load(file)
    entries = known.get(name, [])
    if f"silent {kind}" in entries:
        return None
    addresses = [ipaddress.ip_address(each) for each in entries if not each.startswith("silent")]
    records = [each.packed for each in addresses if each.version == (4 if kind == "A" else 6)]
    code = 0 if name in known else 3
    reply = question[:2] + bytes([0x81, 0x80 | code, 0, 1, 0, len(records), 0, 0, 0, 0]) + asked
    for packed in records:
        reply += b"\xc0\x0c" + asked[-4:] + b"\0\0\0\x3c" + len(packed).to_bytes(2, "big") + packed
    return reply


ready = selectors.DefaultSelector()
for address in ("127.0.0.53", "127.0.0.54", "127.0.0.55"):
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((address, 53))
    ready.register(server, selectors.EVENT_READ, address)
print("listening", file=log)
while True:
    for key, _ in ready.select():
        question, client = key.fileobj.recvfrom(512)
        name, kind, asked = parse(question)
        print(f"{time.monotonic():.3f} {key.data} {name} {kind}", file=log)
        reply = answer(question, name, kind, asked) if key.data == "127.0.0.53" else None
        if reply:
            key.fileobj.sendto(reply, client)
