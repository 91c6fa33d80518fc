#pragma once

#include "core/url.hpp"
#include "net/connect_reply.hpp"
#include "net/proxy_hop.hpp"

#include <string>

namespace tunnelkeyd::net {

/// Why a proxy did not let a connection through, and what to do about it; for people.
struct proxy_failure {
    std::string problem;  ///< "" where there is none
    std::string remedy;

    /// Both in one.
    [[nodiscard]] std::string text() const { return problem + (remedy.empty() ? "" : ": " + remedy); }
};

/// Its reply was another than 2xx, or none.
proxy_failure describe_refusal(const connect_reply& reply, const proxy_hop& by, const core::base_url& target);

/// `why` there was no reply, or no connection to it.
proxy_failure describe_silence(const std::string& why, const proxy_hop& by);

}  // namespace tunnelkeyd::net
