#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Of the servers, and of whoever has to know what a request is for.
namespace tunnelkeyd::serve {

enum class call : std::uint8_t { reload, rotate, pause, resume, preflight, history, pending, reveal, resolve };

/// One kind of request that only the control socket takes.
struct call_form {
    call what;
    bool changes;            ///< POST; else GET
    bool only_root;          ///< and the daemon's user
    const char* path;        ///< with {name} for a tunnel
    const char* parameters;  ///< of the query: names, each between spaces
    const char* fields;      ///< of the body, a JSON object; likewise
};

inline constexpr std::array<call_form, 9> call_forms{{
    {call::reload, true, false, "/v1/reload", "", ""},
    {call::rotate, true, false, "/v1/tunnels/{name}/rotate", "", ""},
    {call::pause, true, false, "/v1/tunnels/{name}/pause", "", ""},
    {call::resume, true, false, "/v1/tunnels/{name}/resume", "", ""},
    {call::preflight, true, false, "/v1/tunnels/{name}/preflight", "", ""},
    {call::history, false, false, "/v1/history", " tunnel limit ", ""},
    {call::pending, false, false, "/v1/pending", "", ""},
    {call::reveal, true, true, "/v1/pending/{name}/reveal", "", ""},
    {call::resolve, true, true, "/v1/pending/{name}/resolve", "", " how number "},
}};

/// What a request's target asks for, decoded and otherwise as it came.
struct call_target {
    const call_form* form = nullptr;
    std::string tunnel;
    std::vector<std::pair<std::string, std::string>> query;
};

/// Nothing: it is none of the control socket's. A target that is no URL is none.
std::optional<call_target> call_of(std::string_view target);

}  // namespace tunnelkeyd::serve
