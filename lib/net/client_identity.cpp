#include "net/client_identity.hpp"

#include "net/certificate_format.hpp"
#include "net/certificate_text.hpp"
#include "net/openssl_ptr.hpp"
#include "net/pem_file.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pemerr.h>

#include <cstring>
#include <utility>
#include <variant>

namespace tunnelkeyd::net {

namespace {

using bio_ptr = openssl_ptr<BIO, BIO_free>;
using certificate_ptr = openssl_ptr<X509, X509_free>;
using key_ptr = openssl_ptr<EVP_PKEY, EVP_PKEY_free>;

bio_ptr over(const wiping_string& text) {
    return bio_ptr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string openssl_error() {
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    std::string text = reason ? reason : "unknown error";
    ERR_clear_error();
    return text;
}

tls_failure unusable(const std::string& which, const X509* certificate) {
    return {
        which + " cannot be used (" + core::describe(read_certificate(certificate)) + "): " + openssl_error(),
        "have it issued anew: for a key of 2048 bits or more (RSA), or 224 or more (elliptic curves), and with "
        "SHA-256 or stronger"};
}

/// The first certificate is the client's own, those behind it are its chain.
tls_failure use_certificates(SSL_CTX* context, const wiping_string& text, const std::string& path) {
    const auto from = over(text);
    const certificate_ptr own(PEM_read_bio_X509_AUX(from.get(), nullptr, nullptr, nullptr));
    if (!own)
        return explain_no_certificate(text, path, openssl_error());
    if (SSL_CTX_use_certificate(context, own.get()) != 1)
        return unusable("its certificate", own.get());
    while (certificate_ptr next{PEM_read_bio_X509(from.get(), nullptr, nullptr, nullptr)})
        if (SSL_CTX_add1_chain_cert(context, next.get()) != 1)
            return unusable("a certificate of its chain", next.get());
    const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    if (!at_end)
        return {"a certificate of its chain cannot be read: " + openssl_error(),
                "put the whole certificates into it, one behind the other"};
    ERR_clear_error();
    return {};
}

/// What OpenSSL is told when it asks for the key's password.
struct password {
    const core::secret* value = nullptr;  ///< null: none is configured
    bool wanted = false;
};

int tell_password(char* into, int size, int, void* data) {
    auto& known = *static_cast<password*>(data);
    known.wanted = true;
    const auto text = known.value ? known.value->reveal() : std::string_view();
    if (!known.value || text.size() > static_cast<std::size_t>(size))
        return -1;
    std::memcpy(into, text.data(), text.size());
    return static_cast<int>(text.size());
}

tls_failure no_key(const password& known, const core::tls_settings& settings) {
    if (known.wanted && !known.value)
        return {"the key is encrypted", "set tls.client_key_password"};
    if (known.wanted)
        return {"the key cannot be decrypted (" + openssl_error() + ")",
                "see that tls.client_key_password is the right one"};
    return {"it holds no private key (" + openssl_error() + ")",
            settings.client_key.empty() ? "set tls.client_key, or put the key into this file"
                                        : "put the key into it, as PEM (from DER: openssl pkey -inform der)"};
}

tls_failure use_key(SSL_CTX* context, const wiping_string& text, const core::secret* value,
                    const core::tls_settings& settings) {
    const auto from = over(text);
    password known{value};
    const key_ptr key(PEM_read_bio_PrivateKey(from.get(), nullptr, tell_password, &known));
    if (!key)
        return no_key(known, settings);
    auto* certificate = SSL_CTX_get0_certificate(context);
    if (X509_check_private_key(certificate, key.get()) != 1) {
        ERR_clear_error();
        return {"the key is not that of the certificate in " + settings.client_certificate + " (" +
                    core::describe(read_certificate(certificate)) + ")",
                "put the two there that belong together"};
    }
    if (SSL_CTX_use_PrivateKey(context, key.get()) != 1)
        return {"the key cannot be used: " + openssl_error(), "have a certificate issued for another key"};
    return {};
}

tls_failure unreadable(const std::string& what, const pem_file& file) {
    return {"cannot read " + what + ": " + file.problem, file.remedy};
}

/// `what`: the setting and the file.
tls_failure of(const std::string& what, tls_failure failure) {
    if (!failure.problem.empty())
        failure.problem = what + ": " + failure.problem;
    return failure;
}

}  // namespace

tls_failure use_client_identity(SSL_CTX* context, const core::tls_settings& settings,
                                const ports::secrets& secrets) {
    if (settings.client_certificate.empty())
        return {};
    ERR_clear_error();
    const bool together = settings.client_key.empty();
    const auto certificate_at = "tls.client_certificate " + settings.client_certificate;
    const auto certificate = read_pem_file(settings.client_certificate, together);
    if (!certificate.problem.empty())
        return unreadable(certificate_at, certificate);
    if (auto failure = use_certificates(context, certificate.text, settings.client_certificate);
        !failure.problem.empty())
        return of(certificate_at, std::move(failure));

    const auto key_at = together ? certificate_at : "tls.client_key " + settings.client_key;
    pem_file own_file;
    if (!together)
        own_file = read_pem_file(settings.client_key, true);
    if (!own_file.problem.empty())
        return unreadable(key_at, own_file);
    const auto& text = together ? certificate.text : own_file.text;
    if (!settings.client_key_password)
        return of(key_at, use_key(context, text, nullptr, settings));
    const auto read = secrets.read(*settings.client_key_password);
    if (const auto* error = std::get_if<ports::secret_error>(&read))
        return {"tls.client_key_password: " + error->message, "correct that, or tls.client_key_password"};
    return of(key_at, use_key(context, text, &std::get<core::secret>(read), settings));
}

}  // namespace tunnelkeyd::net
