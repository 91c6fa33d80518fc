#include "net/tls_peer.hpp"

#include "net/certificate_text.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>

namespace tunnelkeyd::net {

namespace {

constexpr int most_issuers = 3;

bool is_address(const std::string& name) {
    boost::system::error_code error;
    boost::asio::ip::make_address(name, error);
    return !error;
}

std::string issuers_of(const SSL* connection) {
    const auto* names = SSL_get0_peer_CA_list(connection);
    const int count = names ? sk_X509_NAME_num(names) : 0;
    std::string text;
    for (int i = 0; i < std::min(count, most_issuers); ++i)
        text += (text.empty() ? "" : " or ") + text_of(sk_X509_NAME_value(names, i));
    return count > most_issuers ? text + " or others" : text;
}

}  // namespace

bool expect_peer(SSL* connection, const std::string& name) {
    auto* wanted = SSL_get0_param(connection);
    X509_VERIFY_PARAM_set_hostflags(wanted,
                                    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    if (is_address(name))
        return X509_VERIFY_PARAM_set1_ip_asc(wanted, name.c_str()) == 1;
    // SSL_set_tlsext_host_name() is a macro with old-style casts.
    auto* sni = const_cast<char*>(name.c_str());
    return X509_VERIFY_PARAM_set1_host(wanted, name.data(), name.size()) == 1 &&
           SSL_ctrl(connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, sni) == 1;
}

void watch_client_authentication(SSL* connection, client_authentication& into) {
    // Called once the server has asked, and whether or not there is a certificate (SSL_CTX_set_cert_cb(3)).
    const auto asked = [](SSL* by, void* data) {
        auto& seen = *static_cast<client_authentication*>(data);
        seen.asked = true;
        seen.issuers = issuers_of(by);
        if (const auto* shown = SSL_get_certificate(by))
            seen.shown = read_certificate(shown);
        return 1;
    };
    SSL_set_cert_cb(connection, asked, &into);
}

std::optional<int> alert_of(const boost::system::error_code& error) {
    if (error.category() != boost::asio::error::get_ssl_category())
        return std::nullopt;
    // An alert from the peer has the reason 1000 + its number; OpenSSL's own reasons are below 1000.
    const int number = ERR_GET_REASON(static_cast<unsigned long>(error.value())) - SSL_AD_REASON_OFFSET;
    return number >= 0 && number < 256 ? std::optional(number) : std::nullopt;
}

bool refuses_handshake(const boost::system::error_code& error) {
    switch (alert_of(error).value_or(SSL_AD_CLOSE_NOTIFY)) {
    // What RFC 8446, section 6.2, has a server say of a client's certificate: missing, unknown, expired, not
    // acceptable. All of them are sent in place of taking part, before any application data is looked at.
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_CERTIFICATE_EXPIRED:
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_UNKNOWN_CA:
    case SSL_AD_CERTIFICATE_REQUIRED:
    // "A valid certificate was received, but when access control was applied, the sender decided not to proceed
    // with negotiation."
    case SSL_AD_ACCESS_DENIED:
    // No acceptable set of parameters: under TLS 1.2 also a renegotiation for a client certificate that failed,
    // which servers ask for before they act on the request.
    case SSL_AD_HANDSHAKE_FAILURE:
        return true;
    // Not here, since they can also come of a broken record or a broken server in the middle of its work:
    // unexpected_message, bad_record_mac, decode_error, decrypt_error, internal_error, user_canceled.
    default:
        return false;
    }
}

}  // namespace tunnelkeyd::net
