"""What a host is by its spelling alone; no name is looked up."""

from __future__ import annotations

import ipaddress
import re

# Under these, cloud machines hand credentials to whoever asks from within. The first ones are link-local besides.
_METADATA_NAMES = frozenset({"metadata.google.internal", "metadata", "instance-data"})
_METADATA_ADDRESSES = frozenset(map(ipaddress.ip_address, ("100.100.100.200", "168.63.129.16", "fd00:ec2::254")))
_NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)\Z")  # a last part like this makes an address of the whole
_TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("::/96"))  # IPv4 in the last four bytes

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_loopback(host: str) -> bool:
    """localhost, 127.0.0.0/8 in four decimal parts, or ::1; nothing that only resolves to them."""
    if host == "localhost":
        return True
    address = _address(host)
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_loopback
    return address is not None and address == ipaddress.IPv6Address("::1")


def barred(host: str) -> str | None:
    """Why a host is never allowed, whoever lists it; None where it is an ordinary one."""
    name = host.removesuffix(".")
    address = _address(name)
    if address is None and _NUMERIC.match(name.rpartition(".")[2]):
        return "is an address in an unusual spelling, which is never allowed"
    if address is not None and any(one.is_link_local for one in _readings(address)):
        return "is link-local, which is never allowed"
    if name in _METADATA_NAMES or address in _METADATA_ADDRESSES:
        return "hands out credentials of a cloud machine, and is never allowed"
    return None


def _readings(address: Address) -> tuple[Address, ...]:
    """The address, and the IPv4 one that an IPv6 address stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return (address,)
    last = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    translated = last if any(address in network for network in _TRANSLATED) else None
    inner = (address.ipv4_mapped, address.sixtofour, translated)
    return (address, *(one for one in inner if one is not None))


def _address(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
