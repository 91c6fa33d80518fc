#include "support/certificates.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <stdexcept>

namespace tunnelkeyd::testing {

namespace {

void check(bool ok) {
    if (!ok)
        throw std::runtime_error("OpenSSL cannot make a test certificate");
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    net::openssl_ptr<X509_EXTENSION, X509_EXTENSION_free> extension(
        X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
    check(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

using bio_ptr = net::openssl_ptr<BIO, BIO_free_all>;

std::string content(const bio_ptr& memory) {
    std::string text(BIO_ctrl_pending(memory.get()), '\0');
    check(BIO_read(memory.get(), text.data(), static_cast<int>(text.size())) > 0);
    return text;
}

}  // namespace

std::string identity::pem() const {
    const bio_ptr memory(BIO_new(BIO_s_mem()));
    check(PEM_write_bio_X509(memory.get(), certificate.get()) == 1);
    return content(memory);
}

std::string identity::key_pem(const std::string& password) const {
    const bio_ptr memory(BIO_new(BIO_s_mem()));
    check(PEM_write_bio_PKCS8PrivateKey(memory.get(), key.get(), password.empty() ? nullptr : EVP_aes_256_cbc(),
                                        password.empty() ? nullptr : password.c_str(),
                                        static_cast<int>(password.size()), nullptr, nullptr) == 1);
    return content(memory);
}

identity make_identity(const certificate_wish& wish, const identity* issuer) {
    static std::atomic<long> serial = 1;
    identity made{key_ptr(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")), certificate_ptr(X509_new())};
    check(made.key && made.certificate);
    auto* certificate = made.certificate.get();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
    X509_gmtime_adj(X509_getm_notBefore(certificate), wish.valid_from);
    X509_gmtime_adj(X509_getm_notAfter(certificate), wish.valid_until);
    X509_set_pubkey(certificate, made.key.get());
    auto* subject = X509_get_subject_name(certificate);
    const auto* name = reinterpret_cast<const unsigned char*>(wish.common_name.c_str());
    check(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, name, -1, -1, 0) == 1);
    auto* signer = issuer ? issuer->certificate.get() : certificate;
    check(X509_set_issuer_name(certificate, X509_get_subject_name(signer)) == 1);
    if (wish.authority) {
        add_extension(certificate, signer, NID_basic_constraints, "critical,CA:TRUE");
        add_extension(certificate, signer, NID_key_usage, "critical,keyCertSign,cRLSign");
    }
    if (!wish.alternative_names.empty())
        add_extension(certificate, signer, NID_subject_alt_name, wish.alternative_names);
    check(X509_sign(certificate, issuer ? issuer->key.get() : made.key.get(), EVP_sha256()) > 0);
    return made;
}

const identity& test_authority() {
    static const identity authority =
        make_identity({"test authority", "", -24 * 3600, 24 * 3600, /*authority=*/true});
    return authority;
}

}  // namespace tunnelkeyd::testing
