#pragma once

#include "core/config.hpp"
#include "net/pem_file.hpp"
#include "net/tls_failure.hpp"
#include "ports/secrets.hpp"

#include <boost/asio/ssl/context.hpp>

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace tunnelkeyd::net {

/// OpenSSL contexts, each with its trust store and its client certificate: reading those costs far more than a
/// handshake, so they are shared by all connections with the same settings. The 64 used last are kept.
class tls_contexts {
public:
    struct result {
        std::shared_ptr<boost::asio::ssl::context> context;
        tls_failure failure;  ///< why there is none
    };

    /// `secrets` outlives it.
    explicit tls_contexts(const ports::secrets& secrets) : secrets_(secrets) {}

    /// A new one where a file has changed since: what cannot be read any more has no context. Blocks for as
    /// long as reading files takes.
    result get(const core::tls_settings& settings);

    /// The same, and the client's certificate, its key and the key's password are read whether or not they have
    /// changed: would a process that has just started get there, too?
    tls_failure try_anew(const core::tls_settings& settings);

private:
    using versions = std::array<file_version, 3>;  ///< trust store, certificate, key
    struct entry {
        core::tls_settings settings;  ///< without the name, which no context depends on
        versions seen;
        std::shared_ptr<boost::asio::ssl::context> context;
    };

    result make(const core::tls_settings& settings) const;

    const ports::secrets& secrets_;
    std::vector<entry> entries_;  ///< the one used last comes first
};

}  // namespace tunnelkeyd::net
