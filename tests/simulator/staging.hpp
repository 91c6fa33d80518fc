#pragma once

#include "simulator/faults.hpp"

#include <optional>
#include <string>

namespace tunnelkeyd::simulator {

/// How one request is played: what the server does, in the order of the members. Without a fault, all defaults.
struct staging {
    enum class delivery {
        whole,    ///< the reply
        half,     ///< its head and half of its body
        huge,     ///< a head that promises 100 MiB, and as many bytes
        nothing,  ///< no byte
        never,    ///< no byte, until the client goes
    };
    enum class ending {
        as_asked,     ///< what the request's version and Connection header say
        close,        ///< a proper close, which the reply did not announce
        quiet_close,  ///< announced in the reply if there is one; then TCP's FIN without TLS's close_notify
        reset,        ///< TCP's RST
    };

    core::duration wait{0};
    bool hold_before = false;
    bool apply = true;
    std::optional<core::duration> apply_after;  ///< with `apply` false: later, whatever came since
    bool hold_after = false;
    std::string interim;           ///< the bytes of a 1xx reply
    std::optional<reply> instead;  ///< in place of the true reply; there must be one where `apply` is false and
                                   ///< a reply is sent
    delivery deliver = delivery::whole;
    ending end = ending::as_asked;
};

/// How the fault is played.
staging stage(const fault& met);

}  // namespace tunnelkeyd::simulator
