#include "simulator/certificates.hpp"

#include <catch2/catch.hpp>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <memory>

using namespace tunnelkeyd::simulator;

namespace {

std::shared_ptr<X509> parse(const std::string& pem) {
    BIO* memory = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    std::shared_ptr<X509> parsed(PEM_read_bio_X509(memory, nullptr, nullptr, nullptr), X509_free);
    BIO_free(memory);
    REQUIRE(parsed);
    return parsed;
}

/// What a client says to the certificate: X509_V_OK, or why not.
int verify(const std::string& pem, const certificate_authority& authority, const char* host) {
    const auto leaf = parse(pem);
    const auto root = parse(authority.pem());
    const std::shared_ptr<X509_STORE> store(X509_STORE_new(), X509_STORE_free);
    X509_STORE_add_cert(store.get(), root.get());
    const std::shared_ptr<X509_STORE_CTX> context(X509_STORE_CTX_new(), X509_STORE_CTX_free);
    X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), nullptr);
    X509_STORE_CTX_set_purpose(context.get(), X509_PURPOSE_SSL_SERVER);
    X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(context.get()), X509_V_FLAG_X509_STRICT);
    X509_VERIFY_PARAM_set1_host(X509_STORE_CTX_get0_param(context.get()), host, 0);
    X509_verify_cert(context.get());
    return X509_STORE_CTX_get_error(context.get());
}

}  // namespace

TEST_CASE(
    "a certificate for loopback is good for localhost, its subdomains and addresses, and for nothing else") {
    const certificate_authority authority;
    const auto made = authority.issue(loopback_wish());
    REQUIRE(verify(made.certificate, authority, "localhost") == X509_V_OK);
    REQUIRE(verify(made.certificate, authority, "example.com") == X509_V_ERR_HOSTNAME_MISMATCH);
    REQUIRE(X509_check_ip_asc(parse(made.certificate).get(), "127.0.0.1", 0) == 1);
    REQUIRE(X509_check_ip_asc(parse(made.certificate).get(), "::1", 0) == 1);
}

TEST_CASE("an expired certificate is refused for that reason") {
    const certificate_authority authority;
    auto wish = loopback_wish();
    wish.begin = -2;
    wish.end = -1;
    REQUIRE(verify(authority.issue(wish).certificate, authority, "localhost") == X509_V_ERR_CERT_HAS_EXPIRED);
}

TEST_CASE("a self-signed certificate and another authority's are refused") {
    const certificate_authority authority;
    const certificate_authority other;
    REQUIRE(verify(self_signed(loopback_wish()).certificate, authority, "localhost") != X509_V_OK);
    REQUIRE(verify(other.issue(loopback_wish()).certificate, authority, "localhost") != X509_V_OK);
}

TEST_CASE("keys are of EC P-256 and belong to their certificates") {
    const auto made = certificate_authority().issue(loopback_wish());
    BIO* memory = BIO_new_mem_buf(made.key.data(), static_cast<int>(made.key.size()));
    const std::shared_ptr<EVP_PKEY> key(PEM_read_bio_PrivateKey(memory, nullptr, nullptr, nullptr),
                                        EVP_PKEY_free);
    BIO_free(memory);
    REQUIRE(key);
    REQUIRE(EVP_PKEY_get_bits(key.get()) == 256);
    REQUIRE(X509_check_private_key(parse(made.certificate).get(), key.get()) == 1);
}
