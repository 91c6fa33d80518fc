#pragma once

#include "core/way.hpp"

#include <string>
#include <utility>

namespace tunnelkeyd::tests {

/// The way to a peer that is well, with certificates that are good until 2030.
inline core::way whole_way(const std::string& url) {
    constexpr core::wall_time end{std::chrono::sys_days(std::chrono::year(2030) / 1 / 1)};
    core::way found;
    found.to = *core::parse_base_url(url);
    found.ended_at = core::way::stage::whole;
    found.proxy_why = "no proxy: none is configured";
    found.addresses = {"192.0.2.1", "2001:db8::1"};
    found.look_up_took = core::duration(3);
    found.connected_to = "192.0.2.1 port " + std::to_string(found.to.port);
    found.connection_took = core::duration(5);
    found.tls_version = "TLSv1.3";
    found.cipher = "TLS_AES_256_GCM_SHA384";
    found.chain = {{"CN=" + found.to.host, "CN=authority", end},
                   {"CN=authority", "CN=authority", end + std::chrono::days(365)}};
    found.tls_took = core::duration(8);
    return found;
}

/// One that ends early.
inline core::way broken_way(const std::string& url, core::way::stage ended_at, std::string problem,
                            std::string remedy = "") {
    auto found = whole_way(url);
    found.ended_at = ended_at;
    found.problem = std::move(problem);
    found.remedy = std::move(remedy);
    found.tls_version.clear();
    found.cipher.clear();
    if (ended_at < core::way::stage::tls)
        found.chain.clear();
    if (ended_at < core::way::stage::proxy)
        found.connected_to.clear();
    if (ended_at == core::way::stage::look_up) {
        found.addresses.clear();
        found.look_up_took.reset();
    }
    return found;
}

}  // namespace tunnelkeyd::tests
