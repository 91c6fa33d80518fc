#pragma once

#include "core/config.hpp"
#include "core/secret.hpp"

#include <optional>
#include <string>
#include <utility>
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

/// An environment variable that may contain a secret; nothing where it is not set, or has nothing that can be
/// used.
inline std::optional<core::secret> read_variable(const secrets& by, const std::string& name) {
    auto read = by.read({core::secret_reference::source::env, name});
    auto* const value = std::get_if<core::secret>(&read);
    return value ? std::optional(std::move(*value)) : std::nullopt;
}

}  // namespace tunnelkeyd::ports
