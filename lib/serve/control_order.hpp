#pragma once

#include "core/requests.hpp"
#include "serve/answer.hpp"
#include "serve/control_routes.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

/// Private to the servers.
namespace tunnelkeyd::serve {

/// What is asked for at the control socket, checked as far as a text can be.
struct order {
    call what;
    std::string tunnel;       ///< a name or a hostname; "" where it is of none, or of all
    std::size_t limit = 100;  ///< of call::history
    // Of call::resolve:
    core::resolution how = core::resolution::installed;
    std::optional<std::uint64_t> number;
};

/// Or the refusal of what is wrong, unknown or missing in query and body.
std::variant<order, answer> read_order(const call_target& target, const std::string& body);

}  // namespace tunnelkeyd::serve
