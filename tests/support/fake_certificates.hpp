#pragma once

#include "ports/certificates.hpp"

#include <map>
#include <string>

namespace tunnelkeyd::tests {

/// Certificates by their file; one that is not there cannot be read.
class fake_certificates final : public ports::certificates {
public:
    [[nodiscard]] std::optional<core::certificate> read(const std::string& file) const override {
        ++reads[file];
        const auto found = files.find(file);
        return found == files.end() ? std::nullopt : std::optional(found->second);
    }

    std::map<std::string, core::certificate> files;
    mutable std::map<std::string, unsigned> reads;
};

}  // namespace tunnelkeyd::tests
