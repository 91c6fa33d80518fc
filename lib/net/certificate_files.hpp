#pragma once

#include "ports/certificates.hpp"

namespace tunnelkeyd::net {

/// Certificates by OpenSSL. Any thread. Files of 1 MiB at most; a private key in the file does not matter.
class certificate_files final : public ports::certificates {
public:
    [[nodiscard]] std::optional<core::certificate> read(const std::string& file) const override;
};

}  // namespace tunnelkeyd::net
