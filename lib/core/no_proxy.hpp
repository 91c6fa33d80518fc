#pragma once

#include "core/url.hpp"

#include <string_view>

namespace tunnelkeyd::core {

/// The entry of `list`, the value of $NO_PROXY, by which `target` is reached without a proxy; "" if there is
/// none. A view into `list`.
///
/// As curl 7.88 reads it (lib/noproxy.c, and --noproxy in its manual), entries apart by commas: a name is good
/// for itself and all below it, with or without a dot in front, in any case; an address is compared as one, and
/// may be a network (10.0.0.0/8, fd00::/8); `*` alone is all. Names are not looked up. Beyond curl's: networks
/// of IPv6, which its manual has, are found; blanks part entries too, an address may stand in brackets, and an
/// entry may name a port, which must be the target's then.
std::string_view find_no_proxy(const base_url& target, std::string_view list);

}  // namespace tunnelkeyd::core
