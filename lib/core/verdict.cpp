#include "core/verdict.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <limits>
#include <string_view>
#include <utility>

namespace tunnelkeyd::core {

namespace {

using nlohmann::json;

constexpr std::size_t longest_name = 2048;  // longer ones are cut: they only go to people and into comparisons

bool starts_with_ignoring_case(std::string_view text, std::string_view lower_case) {
    return text.size() >= lower_case.size() &&
           std::equal(lower_case.begin(), lower_case.end(), text.begin(), [](char expected, char found) {
               return expected == (found >= 'A' && found <= 'Z' ? static_cast<char>(found + 32) : found);
           });
}

json parse_object(const secret& body) {
    // Never copied: the copy would leave the token unwiped, and recurse as deep as a hostile reply is nested.
    json document = json::parse(body.reveal(), nullptr, /*allow_exceptions=*/false);
    if (!document.is_object())
        document = nullptr;
    return document;
}

std::string text_member(const json& object, const char* name) {
    if (!object.is_object())
        return {};
    const auto found = object.find(name);
    if (found == object.end() || !found->is_string())
        return {};
    return found->get_ref<const std::string&>().substr(0, longest_name);
}

/// Moves the reply's `token` out, and wipes what it was parsed into.
shared_secret take_token(json& object) {
    if (!object.is_object())
        return nullptr;
    const auto found = object.find("token");
    if (found == object.end() || !found->is_string())
        return nullptr;
    auto& text = found->get_ref<std::string&>();
    auto token = text.empty() ? nullptr : std::make_shared<const secret>(text);
    wipe(text);
    return token;
}

bool is_success(unsigned status) {
    return status >= 200 && status < 300;
}

std::optional<duration> parse_seconds(std::string_view text) {
    std::uint32_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error == std::errc::invalid_argument || end != text.data() + text.size())
        return std::nullopt;
    if (error == std::errc::result_out_of_range)
        seconds = std::numeric_limits<std::uint32_t>::max();
    return std::chrono::seconds(seconds);
}

}  // namespace

std::optional<duration> wait_asked_for(const exchange& seen, wall_time now) {
    if (seen.reached != reached::reply)
        return std::nullopt;
    if (const auto seconds = parse_seconds(seen.retry_after))
        return seconds;
    auto until = parse_http_date(seen.retry_after);
    if (!until && seen.status == 429)
        until = parse_iso8601(seen.rate_limit_reset);
    if (!until)
        return std::nullopt;
    return std::max(duration(0), *until - now);
}

bool is_html(const exchange& seen) {
    if (starts_with_ignoring_case(seen.content_type, "text/html") ||
        starts_with_ignoring_case(seen.content_type, "application/xhtml"))
        return true;
    auto body = seen.body.reveal();
    body.remove_prefix(std::min(body.find_first_not_of("\xef\xbb\xbf \t\r\n"), body.size()));
    return starts_with_ignoring_case(body, "<!doctype html") || starts_with_ignoring_case(body, "<html");
}

bool refuses_client_certificate(const exchange& seen) {
    if (seen.reached != reached::reply)
        return seen.reached == reached::alert;
    if (seen.status == 495 || seen.status == 496)
        return true;
    const auto body = seen.body.reveal();
    const auto says = [&body](std::string_view text) { return body.find(text) != std::string_view::npos; };
    return seen.status == 400 && is_html(seen) &&
           (says("No required SSL certificate was sent") || says("The SSL certificate error"));
}

std::string describe(const exchange& seen) {
    if (seen.reached != reached::reply)
        return seen.problem;
    std::string text = "HTTP " + std::to_string(seen.status);
    if (!seen.content_type.empty())
        text += " (" + seen.content_type.substr(0, 80) + ")";
    if (refuses_client_certificate(seen))
        text += ", the web server before it does not accept our client certificate, or wants one";
    return text;
}

regenerate_verdict judge_regenerate(const exchange& seen, wall_time now) {
    using kind = regenerate_verdict::kind;
    regenerate_verdict verdict;
    verdict.timed_out = seen.timed_out && seen.reached == reached::interrupted;
    verdict.hindrance = seen.hindrance;
    verdict.why = describe(seen);
    if (seen.reached != reached::reply) {
        verdict.what = seen.reached == reached::interrupted ? kind::unknown : kind::refused;
        return verdict;
    }
    verdict.status = seen.status;
    verdict.retry_after = wait_asked_for(seen, now);
    if (is_success(seen.status)) {
        json object = parse_object(seen.body);
        verdict.key = take_token(object);
        if (!verdict.key) {
            verdict.why += " without a usable token";
            return verdict;
        }
        verdict.what = kind::minted;
        verdict.why.clear();
        verdict.name = redacted(text_member(object, "name"), *verdict.key);
        verdict.on_premise_url = redacted(text_member(object, "onPremiseUrl"), *verdict.key);
        return verdict;
    }
    const bool late = seen.status == 408 || seen.status == 425 || seen.status == 499;
    verdict.what = seen.status >= 300 && seen.status < 500 && !late ? kind::refused : kind::unknown;
    return verdict;
}

install_verdict judge_install(const exchange& seen, wall_time now) {
    using kind = install_verdict::kind;
    install_verdict verdict;
    verdict.why = describe(seen);
    verdict.client_certificate = refuses_client_certificate(seen);
    verdict.hindrance = seen.hindrance;
    if (seen.reached != reached::reply) {
        verdict.what = verdict.client_certificate ? kind::credentials_refused : kind::retry;
        verdict.unanswered = seen.reached == reached::interrupted;
        return verdict;
    }
    const unsigned status = seen.status;
    verdict.status = status;
    verdict.retry_after = wait_asked_for(seen, now);
    if (is_success(status)) {
        if (is_html(seen)) {
            verdict.what = kind::credentials_refused;
            verdict.why += ", a web page where the API's answer belongs: most likely a login page";
            return verdict;
        }
        verdict.what = kind::installed;
        verdict.why.clear();
        verdict.name = text_member(parse_object(seen.body), "name");
    } else if (status == 401 || status == 403 || (status >= 300 && status < 400) ||
               verdict.client_certificate) {
        verdict.what = kind::credentials_refused;
        if (!seen.authentication_denied_reason.empty())
            verdict.why += ", " + seen.authentication_denied_reason.substr(0, 200);
    } else if (status == 404 || status == 405 || status == 410) {
        verdict.what = kind::wrong_url;
    } else if (status >= 400 && status < 500 && status != 408 && status != 425 && status != 429 &&
               status != 499) {
        verdict.what = kind::rejected;
    } else {
        verdict.what = kind::retry;
        // A gateway's 504 says nothing of what the instance behind it still does.
        verdict.unanswered = status != 425 && status != 429;
    }
    return verdict;
}

}  // namespace tunnelkeyd::core
