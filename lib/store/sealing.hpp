#pragma once

#include "core/identity.hpp"
#include "core/secret.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tunnelkeyd::store {

/// Encrypts security keys with AES-256-GCM (NIST SP 800-38D) under one sealing key.
///
/// A sealed key is bound to its organization, its hostname and the generation of the request that made it:
/// copied to another row it does not open. Its bytes: a format version (1), a random 96-bit nonce, the
/// ciphertext, a 128-bit tag. Immutable; any thread.
class sealer {
public:
    static constexpr std::size_t key_size = 32;
    static constexpr std::size_t longest = std::size_t{1} << 20;  ///< bytes that seal() takes

    /// `key` is exactly key_size raw bytes.
    explicit sealer(core::secret key);

    /// Throws std::runtime_error if `plain` is longer than `longest`, or if OpenSSL fails.
    [[nodiscard]] std::string seal(const core::identity& tunnel, std::uint64_t generation,
                                   const core::secret& plain) const;

    /// Nothing if `sealed` was made under another key or for something else, or was changed.
    [[nodiscard]] std::optional<core::secret> unseal(const core::identity& tunnel, std::uint64_t generation,
                                                     std::string_view sealed) const;

    /// The same for the same sealing key, and tells nothing about it: 64 hex digits of an HMAC-SHA-256.
    [[nodiscard]] std::string check_value() const;

private:
    core::secret key_;
};

}  // namespace tunnelkeyd::store
