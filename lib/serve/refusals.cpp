#include "serve/refusals.hpp"

#include "serve/problem_json.hpp"
#include "serve/routes.hpp"

#include <nlohmann/json.hpp>

namespace tunnelkeyd::serve {

namespace {

using nlohmann::ordered_json;

ordered_json error_json(const char* code, const std::string& message, const char* remedy) {
    return {{"code", code}, {"message", message}, {"remedy", remedy}};
}

answer refusal(unsigned status, const char* code, const std::string& message, const char* remedy,
               const char* header = "") {
    return {status, json_text, line_of(error_json(code, message, remedy)), header};
}

constexpr const char* retry_soon = "Retry-After: 1\r\n";

}  // namespace

answer bad_request(const std::string& why) {
    return refusal(400, "bad_request", "this is no HTTP request: " + why, "send GET or HEAD in HTTP/1.1");
}

answer not_found(const std::string& path) {
    auto body = error_json("not_found", "there is no " + path + " here", "ask for one of these paths");
    body["paths"] = paths;
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

answer method_not_allowed(const std::string& method) {
    return refusal(405, "method_not_allowed", method + " is not allowed here",
                   "use GET or HEAD: nothing can be changed here", "Allow: GET, HEAD\r\n");
}

answer body_not_allowed() {
    return refusal(413, "body_not_allowed", "a request with a body is not taken here",
                   "send GET or HEAD without a body");
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

}  // namespace tunnelkeyd::serve
