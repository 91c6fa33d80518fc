#pragma once

#include "core/config.hpp"
#include "core/secret.hpp"

#include <string>
#include <variant>

namespace tunnelkeyd::ports {

/// Why a secret could not be read, and what to do about it. For people.
struct secret_error {
    std::string message;
};

/// Reads secrets by reference. They are read anew at each use and never cached.
class secrets {
public:
    virtual ~secrets() = default;

    /// Blocks for as long as a local file takes. At most 64 KiB; one trailing newline (LF or CRLF) is dropped;
    /// an empty one, and a file that everybody may read, are errors.
    [[nodiscard]] virtual std::variant<core::secret, secret_error>
    read(const core::secret_reference& from) const = 0;
};

}  // namespace tunnelkeyd::ports
