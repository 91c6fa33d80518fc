#include "net/client_identity.hpp"

#include "net/certificate_text.hpp"
#include "net/openssl_ptr.hpp"
#include "net/pem_file.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pemerr.h>

#include <cstring>
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

/// The first certificate is the client's own, those behind it are its chain.
std::string use_certificates(SSL_CTX* context, const wiping_string& text) {
    const auto from = over(text);
    const certificate_ptr own(PEM_read_bio_X509_AUX(from.get(), nullptr, nullptr, nullptr));
    if (!own)
        return "it holds no certificate (" + openssl_error() + ")";
    if (SSL_CTX_use_certificate(context, own.get()) != 1)
        return "its certificate cannot be used (" + core::describe(read_certificate(own.get())) +
               "): " + openssl_error();
    while (certificate_ptr next{PEM_read_bio_X509(from.get(), nullptr, nullptr, nullptr)})
        if (SSL_CTX_add1_chain_cert(context, next.get()) != 1)
            return "a certificate of its chain cannot be used (" +
                   core::describe(read_certificate(next.get())) + "): " + openssl_error();
    const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    if (!at_end)
        return "a certificate of its chain cannot be read: " + openssl_error();
    ERR_clear_error();
    return "";
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

/// `where`: the setting and the file, for messages.
std::string use_key(SSL_CTX* context, const wiping_string& text, const core::secret* value,
                    const core::tls_settings& settings, const std::string& where) {
    const auto from = over(text);
    password known{value};
    const key_ptr key(PEM_read_bio_PrivateKey(from.get(), nullptr, tell_password, &known));
    if (!key && known.wanted && !value)
        return where + ": the key is encrypted; set tls.client_key_password";
    if (!key && known.wanted)
        return where + ": the key cannot be decrypted (" + openssl_error() +
               "); see that tls.client_key_password is the right one";
    if (!key)
        return where + ": it holds no private key (" + openssl_error() + ")" +
               (settings.client_key.empty() ? "; set tls.client_key, or put the key into this file" : "");
    auto* certificate = SSL_CTX_get0_certificate(context);
    if (X509_check_private_key(certificate, key.get()) != 1) {
        ERR_clear_error();
        return where + ": the key is not that of the certificate in " + settings.client_certificate + " (" +
               core::describe(read_certificate(certificate)) + "); put the two there that belong together";
    }
    if (SSL_CTX_use_PrivateKey(context, key.get()) != 1)
        return where + ": the key cannot be used: " + openssl_error();
    return "";
}

}  // namespace

std::string use_client_identity(SSL_CTX* context, const core::tls_settings& settings,
                                const ports::secrets& secrets) {
    if (settings.client_certificate.empty())
        return "";
    ERR_clear_error();
    const bool together = settings.client_key.empty();
    const auto certificate_at = "tls.client_certificate " + settings.client_certificate;
    const auto certificate = read_pem_file(settings.client_certificate, together);
    if (!certificate.problem.empty())
        return "cannot read " + certificate_at + ": " + certificate.problem;
    if (auto problem = use_certificates(context, certificate.text); !problem.empty())
        return certificate_at + ": " + problem;

    const auto key_at = together ? certificate_at : "tls.client_key " + settings.client_key;
    pem_file own_file;
    if (!together)
        own_file = read_pem_file(settings.client_key, true);
    if (!own_file.problem.empty())
        return "cannot read " + key_at + ": " + own_file.problem;
    const auto& text = together ? certificate.text : own_file.text;
    if (!settings.client_key_password)
        return use_key(context, text, nullptr, settings, key_at);
    const auto read = secrets.read(*settings.client_key_password);
    if (const auto* error = std::get_if<ports::secret_error>(&read))
        return "tls.client_key_password: " + error->message;
    return use_key(context, text, &std::get<core::secret>(read), settings, key_at);
}

}  // namespace tunnelkeyd::net
