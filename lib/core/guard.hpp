#pragma once

#include "core/config.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace tunnelkeyd::core {

/// What the cloud's reply says of where the tunnel ends, held against the configuration.
struct guard_finding {
    enum class kind : std::uint8_t {
        clear,
        warn,  ///< install it, and say so
        hold,  ///< this key seems to belong elsewhere: send it nowhere
    };
    kind what = kind::clear;
    std::string message;  ///< for people, with the remedy; "" when clear
};

/// The name of the configured tunnel, other than the one in question, whose instance has this URL.
using instance_owner = std::function<std::optional<std::string>(const base_url&)>;

/// `on_premise_url` is the reply's `onPremiseUrl`, verbatim; "" where absent.
guard_finding check_guards(const tunnel& settings, std::string_view on_premise_url,
                           const instance_owner& other_owner);

}  // namespace tunnelkeyd::core
