#include "net/tls_contexts.hpp"

#include "net/tls_sessions.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace tunnelkeyd::net {

namespace {

namespace ssl = boost::asio::ssl;

constexpr std::size_t most_contexts = 64;
constexpr off_t largest_ca_file = 16 * 1024 * 1024;

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

std::string error_text(int code) {
    return std::generic_category().message(code);
}

}  // namespace

std::string tls_contexts::inspect(const std::string& ca_file, fingerprint& seen) {
    // Certificates in the system's directory are found by name, as they are needed; a change there still makes
    // a new context, so that a certificate that was removed is no longer trusted.
    const std::string path = ca_file.empty() ? X509_get_default_cert_dir() : ca_file;
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        return ca_file.empty() ? "" : "cannot read tls.ca_file " + path + ": " + error_text(errno);
    if (!ca_file.empty() && !S_ISREG(status.st_mode))
        return "cannot read tls.ca_file " + path + ": it is not a regular file";
    if (!ca_file.empty() && status.st_size > largest_ca_file)
        return "cannot read tls.ca_file " + path + ": it is larger than 16 MiB";
    seen = {status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
    return "";
}

tls_contexts::result tls_contexts::get(const core::tls_settings& settings) {
    fingerprint seen;
    if (auto problem = inspect(settings.ca_file, seen); !problem.empty())
        return {nullptr, std::move(problem)};
    const auto found = std::find_if(entries_.begin(), entries_.end(), [&settings](const entry& one) {
        return one.ca_file == settings.ca_file && one.min_version == settings.min_version;
    });
    if (found != entries_.end() && found->seen == seen) {
        std::rotate(entries_.begin(), found, found + 1);
        return {entries_.front().context, ""};
    }
    if (found != entries_.end())
        entries_.erase(found);

    auto context = make_context(settings.min_version);
    ERR_clear_error();
    if (settings.ca_file.empty()) {
        if (SSL_CTX_set_default_verify_paths(context->native_handle()) != 1)
            return {nullptr, "cannot use the system's trust store: " + last_openssl_error()};
    } else if (SSL_CTX_load_verify_file(context->native_handle(), settings.ca_file.c_str()) != 1) {
        return {nullptr, "cannot read tls.ca_file " + settings.ca_file + ": " + last_openssl_error()};
    }
    if (entries_.size() == most_contexts)
        entries_.pop_back();
    entries_.insert(entries_.begin(), entry{settings.ca_file, settings.min_version, seen, context});
    return {std::move(context), ""};
}

}  // namespace tunnelkeyd::net
