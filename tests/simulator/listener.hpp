#pragma once

#include "simulator/certificates.hpp"
#include "simulator/message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tunnelkeyd::simulator {

/// One port, and what is served behind it.
struct listener {
    /// Which side answers. Nothing: both; the cloud where a path begins with /admin/, else the instances.
    std::optional<side> serves;
    std::uint16_t port = 0;  ///< 0: any free one
    identity_pem identity;
    bool only_tls_1_1 = false;
    /// PEM of the authority whose client certificates are demanded; then it speaks TLS 1.3 only.
    std::string client_authority;
};

}  // namespace tunnelkeyd::simulator
