#pragma once

#include "core/exchange.hpp"

#include <cstdint>
#include <optional>
#include <string>

/// What an HTTP exchange means for a rotation. Pure functions of what was seen on the wire.
namespace tunnelkeyd::core {

/// What call 1 (regenerate) came to.
struct regenerate_verdict {
    enum class kind : std::uint8_t {
        minted,   ///< the cloud made a new key, and here it is
        refused,  ///< it certainly made none: the old key still works
        unknown,  ///< it may have made one
    };
    kind what = kind::unknown;
    std::string why;  ///< for people; "" when minted

    shared_secret key;           ///< when minted
    std::string name;            ///< `name` of the reply, "" where absent
    std::string on_premise_url;  ///< `onPremiseUrl` of the reply, "" where absent

    unsigned status = 0;                                      ///< 0 without a reply
    core::hindrance hindrance = core::hindrance::connection;  ///< of one that never left
    bool timed_out = false;                                   ///< after the request left
    std::optional<duration> retry_after;

    /// 401: the API key is bad. 403: it is good and may not do this.
    [[nodiscard]] bool credentials_refused() const noexcept { return status == 401 || status == 403; }
};

/// `now` turns the dates in Retry-After and X-RateLimit-Reset into lengths.
regenerate_verdict judge_regenerate(const exchange& seen, wall_time now);

/// What call 2 (install) came to.
struct install_verdict {
    enum class kind : std::uint8_t {
        installed,
        retry,                ///< not now: the instance or the way to it is in trouble
        credentials_refused,  ///< repeating it soon could lock the account
        wrong_url,            ///< nothing there takes a key
        rejected,             ///< the instance does not want this key
    };
    kind what = kind::retry;
    std::string why;                                          ///< for people; "" when installed
    core::hindrance hindrance = core::hindrance::connection;  ///< of one that never left
    bool unanswered = false;                                  ///< it may still take effect, later
    bool client_certificate = false;  ///< with credentials_refused: it is that which is refused, or missing
    std::string name;                 ///< `name` of the reply, where that could be parsed
    unsigned status = 0;              ///< 0 without a reply
    std::optional<duration> retry_after;
};

install_verdict judge_install(const exchange& seen, wall_time now);

/// How long the peer asks to be left alone: Retry-After as seconds or an HTTP date (RFC 9110, 10.2.3), else
/// with a 429 X-RateLimit-Reset as an ISO 8601 time (Atlassian's admin API; other replies carry it too, and
/// then it only tells when the counter starts anew). Never negative.
std::optional<duration> wait_asked_for(const exchange& seen, wall_time now);

/// Did a web page come where an API's answer belongs? By its media type or its first characters.
bool is_html(const exchange& seen);

/// Does the peer say that it does not accept the client's certificate, or the want of one? By an alert, or as
/// nginx does: a 400 with a page of its own, for its internal codes 495 and 496 (ngx_http_ssl_module, "Error
/// Processing"), or these codes themselves.
bool refuses_client_certificate(const exchange& seen);

/// "HTTP 502 (text/html)", or what kept the reply from coming.
std::string describe(const exchange& seen);

}  // namespace tunnelkeyd::core
