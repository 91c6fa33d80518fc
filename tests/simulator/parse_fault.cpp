#include "simulator/faults.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <set>
#include <stdexcept>

namespace tunnelkeyd::simulator {

namespace {

using nlohmann::json;

constexpr fault_kind last_kind = fault_kind::no_close_notify;

[[noreturn]] void refuse(const std::string& why) {
    throw std::invalid_argument(why);
}

fault_kind parse_kind(const std::string& name) {
    for (int i = 0; i <= static_cast<int>(last_kind); ++i)
        if (to_string(static_cast<fault_kind>(i)) == name)
            return static_cast<fault_kind>(i);
    refuse("no such kind of fault: " + name);
}

bool applies_by_default(fault_kind kind) {
    return kind != fault_kind::drop_before && kind != fault_kind::status && kind != fault_kind::login_page &&
           kind != fault_kind::redirect;
}

/// The members that say what is to happen; each kind takes its own.
std::set<std::string> parameters_of(fault_kind kind) {
    switch (kind) {
    case fault_kind::late:
        return {"seconds", "reply"};
    case fault_kind::slow:
        return {"seconds"};
    case fault_kind::status:
        return {"apply", "status", "body", "content_type", "retry_after", "rate_limit_reset"};
    case fault_kind::redirect:
        return {"apply", "location"};
    case fault_kind::interim:
        return {"apply", "status"};
    case fault_kind::body:
        return {"apply", "body", "content_type"};
    case fault_kind::hold:
        return {"apply", "until"};
    case fault_kind::reset:
    case fault_kind::stall:
    case fault_kind::truncate:
    case fault_kind::login_page:
    case fault_kind::malformed:
    case fault_kind::huge:
        return {"apply"};
    default:
        return {};
    }
}

void refuse_unknown_members(const json& from, fault_kind kind) {
    auto known = parameters_of(kind);
    known.insert({"call", "tunnel", "times", "probability", "kind"});
    for (const auto& [name, value] : from.items())
        if (!known.contains(name))
            refuse("a fault of kind " + std::string(to_string(kind)) + " has no " + name);
}

/// `retry_after` and the like may be numbers: they are sent as text.
std::string header_text(const json& value) {
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    if (text.find_first_of("\r\n") != std::string::npos)
        refuse("a header's value is one line");
    return text;
}

void add_header(fault& to, const json& from, const char* member, const char* header) {
    if (from.contains(member))
        to.answer.headers.emplace_back(header, header_text(from.at(member)));
}

late_reply parse_late_reply(const std::string& text) {
    if (text == "none")
        return late_reply::none;
    if (text == "504")
        return late_reply::gateway_timeout;
    if (text == "drop")
        return late_reply::drop;
    refuse("reply is none, 504 or drop");
}

core::duration parse_seconds(const json& from) {
    const double seconds = from.at("seconds").get<double>();
    if (!(seconds >= 0 && seconds <= 3600))
        refuse("seconds is from 0 to 3600");
    return core::duration(std::llround(seconds * 1000));
}

unsigned parse_status(const json& from, unsigned fallback, unsigned least, unsigned most) {
    const auto status = from.value("status", fallback);
    if (status < least || status > most)
        refuse("status is from " + std::to_string(least) + " to " + std::to_string(most));
    return status;
}

void read_answer(fault& to, const json& from) {
    switch (to.kind) {
    case fault_kind::status:
        to.answer = html_reply(parse_status(from, 0, 200, 599));
        add_header(to, from, "retry_after", "Retry-After");
        add_header(to, from, "rate_limit_reset", "X-RateLimit-Reset");
        break;
    case fault_kind::login_page:
        to.answer = html_reply(200);
        break;
    case fault_kind::redirect:
        to.answer = html_reply(302);
        to.answer.headers.emplace_back("Location", header_text(from.at("location")));
        break;
    case fault_kind::malformed:
        to.answer = json_reply(200, "{\"token\": \"unfinished");
        break;
    case fault_kind::body:
        to.answer = json_reply(200, from.at("body").get<std::string>());
        break;
    case fault_kind::interim:
        to.interim_status = parse_status(from, 103, 102, 199);
        break;
    case fault_kind::slow:
        to.delay = parse_seconds(from);
        break;
    case fault_kind::late:
        to.delay = parse_seconds(from);
        to.meanwhile = parse_late_reply(from.value("reply", "none"));
        to.answer = html_reply(504);
        break;
    default:
        break;
    }
    if (from.contains("body"))
        to.answer.body = from.at("body").get<std::string>();
    if (from.contains("content_type"))
        to.answer.content_type = header_text(from.at("content_type"));
}

fault read_fault(const json& from) {
    fault read;
    read.kind = parse_kind(from.at("kind").get<std::string>());
    refuse_unknown_members(from, read.kind);
    const auto what = from.value("call", "any");
    if (what != "any")
        read.what = parse_call(what);
    read.tunnel = from.value("tunnel", "");
    read.times = from.value("times", 1U);
    read.probability = from.value("probability", 1.0);
    if (!(read.probability >= 0 && read.probability <= 1))
        refuse("probability is from 0 to 1");
    read.apply = from.value("apply", applies_by_default(read.kind));
    if (from.value("until", "released") != "released")
        refuse("until is released");
    read_answer(read, from);
    return read;
}

}  // namespace

fault parse_fault(const std::string& text) {
    try {
        return read_fault(json::parse(text));
    } catch (const json::exception& error) {
        refuse(error.what());
    }
}

}  // namespace tunnelkeyd::simulator
