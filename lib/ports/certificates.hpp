#pragma once

#include "core/way.hpp"

#include <optional>
#include <string>

namespace tunnelkeyd::ports {

/// Certificates in files on this machine.
class certificates {
public:
    virtual ~certificates() = default;

    /// The first certificate of the PEM file, which is the client's own; those behind it are its chain. Nothing
    /// where there is none, or the file cannot be read. Blocks for as long as a local file takes.
    [[nodiscard]] virtual std::optional<core::certificate> read(const std::string& file) const = 0;
};

}  // namespace tunnelkeyd::ports
