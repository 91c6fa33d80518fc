#include "net/tls_peer.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <memory>

namespace tunnelkeyd::net {

namespace {

constexpr std::size_t longest_name = 200;
constexpr int most_certificates = 10;

bool is_address(const std::string& name) {
    boost::system::error_code error;
    boost::asio::ip::make_address(name, error);
    return !error;
}

std::string text_of(const X509_NAME* name) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), &BIO_free);
    if (!name || !memory || X509_NAME_print_ex(memory.get(), name, 0, XN_FLAG_RFC2253) < 0)
        return "?";
    std::string text(longest_name + 1, '\0');
    const int size = BIO_read(memory.get(), text.data(), static_cast<int>(text.size()));
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    if (text.size() > longest_name)
        text.replace(longest_name, std::string::npos, "...");
    return text.empty() ? "no subject" : text;
}

std::string date_of(const ASN1_TIME* at) {
    std::tm parts{};
    char text[16];
    if (!at || ASN1_TIME_to_tm(at, &parts) != 1 || std::strftime(text, sizeof text, "%Y-%m-%d", &parts) == 0)
        return "?";
    return text;
}

/// The beginning of 1970 for what is no time.
core::wall_time time_of(const ASN1_TIME* at) {
    std::tm parts{};
    if (!at || ASN1_TIME_to_tm(at, &parts) != 1)
        return {};
    return core::wall_time(std::chrono::seconds(::timegm(&parts)));
}

}  // namespace

bool expect_peer(SSL* connection, const std::string& name) {
    auto* wanted = SSL_get0_param(connection);
    X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (is_address(name))
        return X509_VERIFY_PARAM_set1_ip_asc(wanted, name.c_str()) == 1;
    // SSL_set_tlsext_host_name() is a macro with old-style casts.
    auto* sni = const_cast<char*>(name.c_str());
    return X509_VERIFY_PARAM_set1_host(wanted, name.data(), name.size()) == 1 &&
           SSL_ctrl(connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, sni) == 1;
}

certificate_failure describe_failure(X509_STORE_CTX* verification, const std::string& name) {
    const auto* certificate = X509_STORE_CTX_get_current_cert(verification);
    const int error = X509_STORE_CTX_get_error(verification);
    if (!certificate)
        return {std::string("certificate refused: ") + X509_verify_cert_error_string(error), ""};
    const auto subject = text_of(X509_get_subject_name(certificate));
    const auto issuer = text_of(X509_get_issuer_name(certificate));
    switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return {"certificate has expired (" + subject + ", valid until " +
                    date_of(X509_get0_notAfter(certificate)) + ")",
                "renew it on the server"};
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return {"certificate is not valid yet (" + subject + ", valid from " +
                    date_of(X509_get0_notBefore(certificate)) + ")",
                "check the clocks of this machine and of the server"};
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        return {"certificate is self-signed (" + subject + ")",
                "name it in tls.ca_file if it is the right one"};
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        return {"certificate authority is not trusted (" + subject + ")",
                "name it in tls.ca_file if it is yours"};
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return {"certificate's issuer is not trusted (" + subject + ", issued by " + issuer + ")",
                "name the issuer in tls.ca_file, or let the server send its intermediate certificates"};
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return {"certificate is not for " + name + " (" + subject + ")",
                "check the URL, or set tls.server_name"};
    default:
        return {std::string("certificate refused: ") + X509_verify_cert_error_string(error) + " (" + subject +
                    ", issued by " + issuer + ")",
                ""};
    }
}

std::vector<core::certificate> describe_chain(const STACK_OF(X509) * chain) {
    std::vector<core::certificate> found;
    const int count = chain ? std::min(sk_X509_num(chain), most_certificates) : 0;
    for (int i = 0; i < count; ++i) {
        const auto* each = sk_X509_value(chain, i);
        found.push_back({text_of(X509_get_subject_name(each)), text_of(X509_get_issuer_name(each)),
                         time_of(X509_get0_notAfter(each))});
    }
    return found;
}

bool refuses_handshake(const boost::system::error_code& error) {
    if (error.category() != boost::asio::error::get_ssl_category())
        return false;
    // An alert from the peer has the reason 1000 + its number; OpenSSL's own reasons are below 1000.
    switch (ERR_GET_REASON(static_cast<unsigned long>(error.value())) - SSL_AD_REASON_OFFSET) {
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
