#include "net/tls_failure.hpp"

#include "net/certificate_text.hpp"
#include "net/error_text.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>

#include <openssl/err.h>
#include <openssl/sslerr.h>

namespace tunnelkeyd::net {

namespace {

constexpr const char* see_server_log = "the server's log says why";

/// "alert: certificate required", of OpenSSL's "tlsv13 alert certificate required":
/// SSL_alert_desc_string_long() does not know that one.
std::string alert_text(const boost::system::error_code& error) {
    const char* reason = ERR_reason_error_string(static_cast<unsigned long>(error.value()));
    const std::string text = reason ? reason : "unknown";
    const auto at = text.find("alert ");
    return "alert: " + (at == std::string::npos ? text : text.substr(at + 6));
}

std::string takes(const client_authentication& client) {
    return client.issuers.empty() ? "" : "; it takes those issued by " + client.issuers;
}

tls_failure without_client_certificate(const std::string& how, const client_authentication& client) {
    return {"the server wants a client certificate, and none is configured (" + how + ")" + takes(client),
            "name one in tls.client_certificate and its key in tls.client_key"};
}

/// What the server said of the certificate that it was shown.
tls_failure with_client_certificate(const boost::system::error_code& alert,
                                    const client_authentication& client) {
    tls_failure failure{"the server refuses the client certificate (" + core::describe(*client.shown) + ")",
                        ""};
    switch (alert_of(alert).value_or(-1)) {
    case SSL_AD_UNKNOWN_CA:
        failure.problem += ", since it does not trust its issuer";
        failure.remedy =
            "get one from an issuer that the server trusts, and let the file of tls.client_certificate hold "
            "the intermediate certificates too";
        break;
    case SSL_AD_CERTIFICATE_EXPIRED:
        failure.problem += ", since it has expired, or is not valid yet by the server's clock";
        failure.remedy = "renew it, and put it where tls.client_certificate points";
        break;
    case SSL_AD_CERTIFICATE_REVOKED:
        failure.problem += ", since it is revoked";
        failure.remedy = "get another one, and put it where tls.client_certificate points";
        break;
    default:
        failure.remedy = std::string("see that it is the right one for this server; ") + see_server_log;
    }
    failure.problem += " (" + alert_text(alert) + ")" + takes(client);
    return failure;
}

std::string least_version(const core::tls_settings& settings) {
    return settings.min_version == core::tls_version::v1_3 ? "1.3" : "1.2";
}

/// By OpenSSL's own reason, where that is one that people can do something about.
tls_failure by_reason(const boost::system::error_code& error, const core::tls_settings& settings) {
    const auto said = " (" + error.message() + ")";
    switch (ERR_GET_REASON(static_cast<unsigned long>(error.value()))) {
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_WRONG_SSL_VERSION:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
        return {"the server speaks no version of TLS that is allowed here, which is " +
                    least_version(settings) + " or newer" + said,
                "let the server speak a newer one; tls.min_version says what is allowed"};
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
    case SSL_R_RECORD_LENGTH_MISMATCH:
    case SSL_R_BAD_RECORD_TYPE:
        return {"the server does not speak TLS at this port" + said, "see that the URL has the right port"};
    case SSL_R_DH_KEY_TOO_SMALL:
    case SSL_R_BAD_DH_VALUE:
        return {"the server's Diffie-Hellman parameters are too weak" + said,
                "let the server use 2048 bits or more, or elliptic curves"};
    default:
        return {error.message(), std::string("see that it speaks TLS at this port; ") + see_server_log};
    }
}

tls_failure by_alert(int alert, const boost::system::error_code& error, const core::tls_settings& settings) {
    switch (alert) {
    case SSL_AD_HANDSHAKE_FAILURE:
    case SSL_AD_INSUFFICIENT_SECURITY:
        return {
            "the server refuses the handshake (" + alert_text(error) + ")",
            "most likely it has no cipher or certificate that is strong enough for this machine, or wants an "
            "older TLS than " +
                least_version(settings) + "; " + see_server_log};
    case SSL_AD_UNRECOGNIZED_NAME:
        return {"the server knows no host of this name (" + alert_text(error) + ")",
                "check the URL, or set tls.server_name"};
    default:
        return by_reason(error, settings);
    }
}

}  // namespace

tls_failure refused_client(const boost::system::error_code& alert, const client_authentication& client) {
    if (client.asked && client.shown)
        return with_client_certificate(alert, client);
    if (client.asked)
        return without_client_certificate(alert_text(alert), client);
    // A resumed session, or a renegotiation: nobody has asked then.
    return {"the server refuses the TLS handshake (" + alert_text(alert) + ")",
            std::string("perhaps for want of a client certificate that it accepts; ") + see_server_log};
}

tls_failure broken_handshake(const boost::system::error_code& error, const client_authentication& client,
                             const core::tls_settings& settings) {
    if (client.asked && refuses_handshake(error))
        return refused_client(error, client);
    if (const auto alert = alert_of(error))
        return by_alert(*alert, error, settings);
    if (error.category() == boost::asio::error::get_ssl_category())
        return by_reason(error, settings);
    // Neither an alert nor a byte that tells why.
    if (error == boost::asio::error::eof || error == boost::asio::ssl::error::stream_truncated ||
        error == boost::asio::error::connection_reset || error == boost::asio::error::broken_pipe) {
        const std::string how = "the server broke the handshake off (" + error_text(error) + ")";
        if (client.asked && !client.shown)
            return without_client_certificate(how, client);
        if (client.asked)
            return {how + ", after it was shown the client certificate " + core::describe(*client.shown),
                    std::string("see that it is the right one for this server; ") + see_server_log};
        return {how, std::string("see that it speaks TLS at this port, and that no firewall is in between; ") +
                         see_server_log};
    }
    return {error_text(error), "see that the server is up, and that no firewall is in between"};
}

tls_failure refused_server(X509_STORE_CTX* verification, const std::string& name) {
    const auto* certificate = X509_STORE_CTX_get_current_cert(verification);
    const int error = X509_STORE_CTX_get_error(verification);
    if (!certificate)
        return {std::string("certificate refused: ") + X509_verify_cert_error_string(error),
                std::string("openssl s_client -showcerts shows what the server sends; ") + see_server_log};
    const bool is_authority = X509_STORE_CTX_get_error_depth(verification) > 0;
    const auto which = " (" + core::describe(read_certificate(certificate)) + ")";
    switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return {"certificate has expired" + which, is_authority
                                                       ? "renew this authority's certificate on the server, "
                                                         "and in tls.ca_file if it stands there"
                                                       : "renew it on the server"};
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return {"certificate is not valid yet" + which, "check the clocks of this machine and of the server"};
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        return {"certificate is self-signed" + which, "name it in tls.ca_file if it is the right one"};
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        return {"certificate authority is not trusted" + which, "name it in tls.ca_file if it is yours"};
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return {"certificate's issuer is not trusted" + which,
                "name the issuer in tls.ca_file, or let the server send its intermediate certificates"};
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: {
        const auto names = alternative_names(certificate);
        if (names.empty())
            return {"certificate has no host among its alternative names" + which,
                    "have it issued anew with subjectAltName=" +
                        std::string(error == X509_V_ERR_HOSTNAME_MISMATCH ? "DNS:" : "IP:") + name +
                        "; a common name does not count"};
        return {"certificate is not for " + name + ", but for " + names + which,
                "check the URL, or set tls.server_name"};
    }
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
        return {"certificate's key is too weak, " +
                    std::to_string(EVP_PKEY_get_bits(X509_get0_pubkey(certificate))) + " bits" + which,
                "have it issued anew for a key of 2048 bits or more (RSA), or 224 or more (elliptic curves)"};
    case X509_V_ERR_CA_MD_TOO_WEAK:
        return {std::string("certificate's signature is too weak, ") +
                    OBJ_nid2ln(X509_get_signature_nid(certificate)) + which,
                "have it issued anew with SHA-256 or stronger"};
    case X509_V_ERR_INVALID_PURPOSE:
        return {std::string("certificate is not for ") + (is_authority ? "an authority of " : "") +
                    "TLS servers" + which,
                is_authority
                    ? "let the server's certificate be issued by another authority, or this one's mended"
                    : "have it issued anew for a server: with extendedKeyUsage=serverAuth, or without any"};
    default:
        return {std::string("certificate refused: ") + X509_verify_cert_error_string(error) + which,
                is_authority ? "have this authority's certificate issued anew without that"
                             : "have it issued anew without that"};
    }
}

}  // namespace tunnelkeyd::net
