#pragma once

#include "core/config.hpp"

#include <boost/asio/ssl/context.hpp>

#include <sys/stat.h>

#include <memory>
#include <string>
#include <vector>

namespace tunnelkeyd::net {

/// OpenSSL contexts, each with its trust store: parsing one costs far more than a handshake, so they are shared
/// by all connections with the same settings. The 64 used last are kept.
class tls_contexts {
public:
    struct result {
        std::shared_ptr<boost::asio::ssl::context> context;
        std::string problem;  ///< why there is none, for people
    };

    /// The trust store is read again when its file has changed. Blocks for as long as reading a file takes.
    result get(const core::tls_settings& settings);

private:
    /// Tells a file from what it was before, in the way of make.
    struct fingerprint {
        dev_t device = 0;
        ino_t inode = 0;
        off_t size = 0;
        time_t seconds = 0;
        long nanoseconds = 0;
        bool operator==(const fingerprint&) const = default;
    };
    struct entry {
        std::string ca_file;
        core::tls_version min_version;
        fingerprint seen;
        std::shared_ptr<boost::asio::ssl::context> context;
    };

    static std::string inspect(const std::string& ca_file, fingerprint& seen);

    std::vector<entry> entries_;  ///< the one used last comes first
};

}  // namespace tunnelkeyd::net
