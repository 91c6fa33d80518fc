#pragma once

#include <memory>
#include <string>
#include <vector>

/// Throwaway certificates with EC P-256 keys, made anew at each start.
namespace tunnelkeyd::simulator {

/// A certificate and its private key, both as PEM.
struct identity_pem {
    std::string certificate;
    std::string key;
};

struct certificate_wish {
    std::string common_name;
    std::vector<std::string> alternative_names;  ///< as OpenSSL writes them: "DNS:localhost", "IP:127.0.0.1"
    /// From now, in days. A certificate that ended yesterday has begin -2 and end -1.
    long begin = -1;
    long end = 90;
};

/// Throws std::runtime_error where OpenSSL fails.
class certificate_authority {
public:
    certificate_authority();
    ~certificate_authority();
    certificate_authority(const certificate_authority&) = delete;
    certificate_authority& operator=(const certificate_authority&) = delete;

    /// The authority's own certificate.
    [[nodiscard]] std::string pem() const;

    /// A certificate for servers, signed by this authority.
    [[nodiscard]] identity_pem issue(const certificate_wish& wish) const;

private:
    struct implementation;
    std::unique_ptr<implementation> self_;
};

/// A certificate for servers that nobody vouches for.
identity_pem self_signed(const certificate_wish& wish);

/// What a server on this machine goes by: localhost, *.localhost and the loopback addresses. OpenSSL itself
/// accepts no wildcard right below a top-level name, other TLS libraries do.
certificate_wish loopback_wish();

}  // namespace tunnelkeyd::simulator
