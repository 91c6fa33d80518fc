#include "simulator/certificates.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace tunnelkeyd::simulator {

namespace {

template <auto Free>
struct releaser {
    template <class T>
    void operator()(T* owned) const {
        Free(owned);
    }
};

using key_pointer = std::unique_ptr<EVP_PKEY, releaser<EVP_PKEY_free>>;
using certificate_pointer = std::unique_ptr<X509, releaser<X509_free>>;
using extension_pointer = std::unique_ptr<X509_EXTENSION, releaser<X509_EXTENSION_free>>;
using bio_pointer = std::unique_ptr<BIO, releaser<BIO_free_all>>;

void require(bool good, const char* what) {
    if (!good)
        throw std::runtime_error(std::string("OpenSSL cannot ") + what);
}

key_pointer make_key() {
    key_pointer key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    require(key != nullptr, "make a key");
    return key;
}

std::string text_of(BIO& memory) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(&memory, &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string to_pem(X509& certificate) {
    const bio_pointer memory(BIO_new(BIO_s_mem()));
    require(PEM_write_bio_X509(memory.get(), &certificate) == 1, "write a certificate");
    return text_of(*memory);
}

std::string to_pem(EVP_PKEY& key) {
    const bio_pointer memory(BIO_new(BIO_s_mem()));
    require(PEM_write_bio_PrivateKey(memory.get(), &key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
            "write a key");
    return text_of(*memory);
}

void add_extension(X509& to, X509& issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, &issuer, &to, nullptr, nullptr, 0);
    const extension_pointer extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
    require(extension != nullptr && X509_add_ext(&to, extension.get(), -1) == 1, "add an extension");
}

/// Positive, and different each time: a client may refuse two certificates of one issuer with one number.
void set_serial_number(X509& certificate) {
    unsigned char bytes[16];
    require(RAND_bytes(bytes, sizeof bytes) == 1, "make random bytes");
    bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7f) | 0x40);
    BIGNUM* number = BN_bin2bn(bytes, sizeof bytes, nullptr);
    BN_to_ASN1_INTEGER(number, X509_get_serialNumber(&certificate));
    BN_free(number);
}

/// A certificate without issuer, extensions and signature.
certificate_pointer begin_certificate(const certificate_wish& wish, EVP_PKEY& key) {
    certificate_pointer made(X509_new());
    require(made != nullptr && X509_set_version(made.get(), X509_VERSION_3) == 1, "make a certificate");
    set_serial_number(*made);
    X509_time_adj_ex(X509_getm_notBefore(made.get()), static_cast<int>(wish.begin), 0, nullptr);
    X509_time_adj_ex(X509_getm_notAfter(made.get()), static_cast<int>(wish.end), 0, nullptr);
    const auto* name = reinterpret_cast<const unsigned char*>(wish.common_name.c_str());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_UTF8, name, -1, -1, 0);
    require(X509_set_pubkey(made.get(), &key) == 1, "set a public key");
    return made;
}

void sign(X509& certificate, EVP_PKEY& by) {
    require(X509_sign(&certificate, &by, EVP_sha256()) > 0, "sign a certificate");
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names)
        text += (text.empty() ? "" : ",") + name;
    return text;
}

void finish_server(X509& certificate, const certificate_wish& wish, X509& issuer, EVP_PKEY& by) {
    X509_set_issuer_name(&certificate, X509_get_subject_name(&issuer));
    add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(certificate, issuer, NID_key_usage, "critical,digitalSignature");
    add_extension(certificate, issuer, NID_ext_key_usage, "serverAuth");
    add_extension(certificate, issuer, NID_subject_alt_name, joined(wish.alternative_names));
    add_extension(certificate, issuer, NID_subject_key_identifier, "hash");
    add_extension(certificate, issuer, NID_authority_key_identifier, "keyid");
    sign(certificate, by);
}

}  // namespace

struct certificate_authority::implementation {
    key_pointer key = make_key();
    certificate_pointer certificate = begin_certificate({"tunnelkeyd simulator", {}, -3, 400}, *key);
};

certificate_authority::certificate_authority() : self_(std::make_unique<implementation>()) {
    X509& own = *self_->certificate;
    X509_set_issuer_name(&own, X509_get_subject_name(&own));
    add_extension(own, own, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(own, own, NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(own, own, NID_subject_key_identifier, "hash");
    sign(own, *self_->key);
}

certificate_authority::~certificate_authority() = default;

std::string certificate_authority::pem() const {
    return to_pem(*self_->certificate);
}

identity_pem certificate_authority::issue(const certificate_wish& wish) const {
    const auto key = make_key();
    const auto made = begin_certificate(wish, *key);
    finish_server(*made, wish, *self_->certificate, *self_->key);
    return {to_pem(*made), to_pem(*key)};
}

identity_pem self_signed(const certificate_wish& wish) {
    const auto key = make_key();
    const auto made = begin_certificate(wish, *key);
    finish_server(*made, wish, *made, *key);
    return {to_pem(*made), to_pem(*key)};
}

certificate_wish loopback_wish() {
    return {"localhost", {"DNS:localhost", "DNS:*.localhost", "IP:127.0.0.1", "IP:::1"}};
}

}  // namespace tunnelkeyd::simulator
