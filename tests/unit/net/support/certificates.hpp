#pragma once

#include "net/openssl_ptr.hpp"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

/// Certificates for tests, made at run time: P-256 keys, SHA-256 signatures.
namespace tunnelkeyd::testing {

using key_ptr = net::openssl_ptr<EVP_PKEY, EVP_PKEY_free>;
using certificate_ptr = net::openssl_ptr<X509, X509_free>;

struct identity {
    key_ptr key;
    certificate_ptr certificate;

    [[nodiscard]] std::string pem() const;
    /// PKCS 8, encrypted where there is a password.
    [[nodiscard]] std::string key_pem(const std::string& password = "") const;
};

struct certificate_wish {
    std::string common_name = "localhost";
    std::string alternative_names = "DNS:localhost,IP:127.0.0.1";  ///< as openssl.cnf has them
    long valid_from = -3600;                                       ///< seconds from now
    long valid_until = 3600;
    bool authority = false;
};

/// Signed by `issuer`; by itself where there is none.
identity make_identity(const certificate_wish& wish, const identity* issuer = nullptr);

/// One authority for the whole process.
const identity& test_authority();

}  // namespace tunnelkeyd::testing
