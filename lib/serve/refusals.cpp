#include "serve/refusals.hpp"

#include "serve/accounts.hpp"
#include "serve/control_routes.hpp"
#include "serve/json_parts.hpp"
#include "serve/routes.hpp"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <utility>

namespace tunnelkeyd::serve {

namespace {

using nlohmann::ordered_json;

ordered_json error_json(const char* code, const std::string& message, const std::string& remedy) {
    return {{"code", code}, {"message", message}, {"remedy", remedy}};
}

answer refusal(unsigned status, const char* code, const std::string& message, const std::string& remedy,
               std::string header = {}) {
    return {status, json_text, line_of(error_json(code, message, remedy)), std::move(header)};
}

constexpr const char* retry_soon = "Retry-After: 1\r\n";

}  // namespace

answer bad_request(const std::string& why) {
    return refusal(400, "bad_request", "this is no HTTP request: " + why, "send HTTP/1.1, as curl does");
}

answer not_understood(const std::string& what, const char* remedy) {
    return refusal(400, "bad_request", what, remedy);
}

answer not_found(const std::string& path, bool control) {
    auto body = error_json("not_found", "there is no " + path + " here", "ask for one of these paths");
    body["paths"] = paths;
    if (control)
        for (const auto& each : call_forms)
            body["paths"].push_back(each.path);
    return {404, json_text, line_of(body)};
}

answer unknown_tunnel(const std::string& name) {
    return refusal(404, "unknown_tunnel", "there is no tunnel \"" + name + "\"",
                   "see /status for the tunnels that there are");
}

answer not_ready(const std::string& why) {
    return refusal(503, "not_ready", "nothing is known of this tunnel: " + why, "ask again in a second",
                   retry_soon);
}

answer method_not_allowed(const std::string& method, std::string_view allowed) {
    return refusal(405, "method_not_allowed", method + " is not allowed here",
                   allowed == "POST" ? "use POST" : "use GET or HEAD: nothing can be changed here",
                   "Allow: " + std::string(allowed) + "\r\n");
}

answer body_not_allowed() {
    return refusal(413, "body_not_allowed", "a request with a body is not taken here",
                   "send GET or HEAD without a body");
}

answer body_too_large(std::size_t most) {
    return refusal(413, "body_too_large", "the request's body is too large",
                   "send at most " + std::to_string(most) + " bytes");
}

answer forbidden(const std::string& who, const std::string& path, bool only_root) {
    const auto own = user_text(::geteuid());
    const auto message = who + (only_root ? " may not ask for this" : " may not ask here");
    if (only_root)
        return refusal(403, "forbidden", message, "do it as root, or as the daemon's user: " + own);
    return refusal(403, "forbidden", message,
                   "be root, the daemon's user (" + own + "), or a member of the group that owns " + path +
                       group_of_file(path) + "; a new membership counts from the next login");
}

answer header_too_large() {
    return refusal(431, "header_too_large", "the request's header is too large",
                   "send fewer or shorter header fields");
}

answer internal_error(const std::string& why) {
    return refusal(500, "internal_error", "the answer could not be made: " + why,
                   "try again; see the daemon's log if it stays so");
}

answer busy() {
    return refusal(503, "busy", "too many answers are under way", "ask again in a second", retry_soon);
}

answer late() {
    return refusal(503, "late", "the daemon did not say in time what is going on",
                   "ask again; while it stops or is overloaded, this is to be expected", retry_soon);
}

answer operation_late() {
    return refusal(503, "late", "the daemon has not answered in time: what was asked for may still be done",
                   "look at the status before you ask again", retry_soon);
}

}  // namespace tunnelkeyd::serve
