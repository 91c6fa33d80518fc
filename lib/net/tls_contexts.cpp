#include "net/tls_contexts.hpp"

#include "net/certificate_format.hpp"
#include "net/client_identity.hpp"
#include "net/tls_sessions.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>

namespace tunnelkeyd::net {

namespace {

namespace ssl = boost::asio::ssl;

constexpr std::size_t most_contexts = 64;
constexpr std::size_t largest_ca_file_mib = 16;

/// For a client: no early data is sent unless asked for, so there is nothing to switch off for that.
std::shared_ptr<ssl::context> make_context(core::tls_version min_version) {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
    auto* handle = context->native_handle();
    SSL_CTX_set_min_proto_version(handle,
                                  min_version == core::tls_version::v1_3 ? TLS1_3_VERSION : TLS1_2_VERSION);
    // RSA and DH from 2048 bits, no SHA-1 signatures: whatever the system's openssl.cnf says.
    SSL_CTX_set_security_level(handle, 2);
    // A reply may contain a key: OpenSSL wipes its decrypted copy once it was read.
    SSL_CTX_set_options(handle, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CLEANSE_PLAINTEXT);
    context->set_verify_mode(ssl::verify_peer);
    tls_sessions::enable(handle);
    return context;
}

std::string last_openssl_error() {
    const auto code = ERR_peek_last_error();
    const char* reason = ERR_reason_error_string(code);
    std::string text = reason ? reason : "unknown error";
    ERR_clear_error();
    return text;
}

tls_failure trust(SSL_CTX* context, const std::string& ca_file) {
    ERR_clear_error();
    if (ca_file.empty() && SSL_CTX_set_default_verify_paths(context) != 1)
        return {"cannot use the system's trust store: " + last_openssl_error(), "install ca-certificates"};
    if (ca_file.empty())
        return {};
    const auto at = "tls.ca_file " + ca_file;
    const auto file = read_pem_file(ca_file, false, largest_ca_file_mib);
    if (!file.problem.empty())
        return {"cannot read " + at + ": " + file.problem, file.remedy};
    if (SSL_CTX_load_verify_file(context, ca_file.c_str()) == 1)
        return {};
    auto failure = explain_no_certificate(file.text, ca_file, last_openssl_error());
    failure.problem = at + ": " + failure.problem;
    return failure;
}

}  // namespace

tls_contexts::result tls_contexts::make(const core::tls_settings& settings) const {
    auto context = make_context(settings.min_version);
    auto failure = trust(context->native_handle(), settings.ca_file);
    if (failure.problem.empty())
        failure = use_client_identity(context->native_handle(), settings, secrets_);
    if (!failure.problem.empty())
        return {nullptr, std::move(failure)};
    return {std::move(context), {}};
}

tls_contexts::result tls_contexts::get(const core::tls_settings& settings) {
    auto wanted = settings;
    wanted.server_name.clear();
    // Before the files are read: one that changes meanwhile is read again the next time. Certificates in the
    // system's directory are found by name, as they are needed; a change there still makes a new context, so
    // that a certificate that was removed is no longer trusted.
    const versions seen{version_of(wanted.ca_file.empty() ? X509_get_default_cert_dir() : wanted.ca_file),
                        version_of(wanted.client_certificate), version_of(wanted.client_key)};
    const auto found = std::find_if(entries_.begin(), entries_.end(),
                                    [&wanted](const entry& one) { return one.settings == wanted; });
    if (found != entries_.end() && found->seen == seen) {
        std::rotate(entries_.begin(), found, found + 1);
        return {entries_.front().context, {}};
    }
    if (found != entries_.end())
        entries_.erase(found);

    auto made = make(wanted);
    if (!made.context)
        return made;
    if (entries_.size() == most_contexts)
        entries_.pop_back();
    entries_.insert(entries_.begin(), entry{std::move(wanted), seen, made.context});
    return made;
}

tls_failure tls_contexts::try_anew(const core::tls_settings& settings) {
    auto failure = get(settings).failure;
    if (!failure.problem.empty() || settings.client_certificate.empty())
        return failure;
    const auto scratch = make_context(settings.min_version);
    return use_client_identity(scratch->native_handle(), settings, secrets_);
}

}  // namespace tunnelkeyd::net
