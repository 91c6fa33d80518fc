#include "serve/pages.hpp"

#include "serve/health_json.hpp"
#include "serve/metrics_registry.hpp"
#include "serve/refusals.hpp"
#include "serve/status_json.hpp"

namespace tunnelkeyd::serve {

namespace {

unsigned status_of(core::health verdict) {
    return verdict == core::health::failing ? 503 : 200;
}

answer ready_page(const core::overview& seen) {
    const bool ready = seen.not_ready.empty();
    return {ready ? 200U : 503U, plain_text, (ready ? "ready" : seen.not_ready) + "\n"};
}

/// While it starts it knows none.
answer no_such_tunnel(const std::string& name, const core::overview& seen) {
    return seen.not_ready.empty() ? unknown_tunnel(name) : not_ready(seen.not_ready);
}

answer health_page(const std::string& name, const core::overview& seen) {
    auto found = health_json(seen, name);
    if (!found)
        return no_such_tunnel(name, seen);
    return {status_of(found->verdict), json_text, std::move(found->text)};
}

answer status_page(const std::string& name, const core::overview& seen) {
    auto text = status_json(seen, name);
    if (text.empty())
        return no_such_tunnel(name, seen);
    return {200, json_text, std::move(text)};
}

}  // namespace

answer make_page(const route& asked, const core::overview& seen, const metrics_registry& metrics) {
    switch (asked.what) {
    case page::live:
        return {200, plain_text, "ok\n"};
    case page::ready:
        return ready_page(seen);
    case page::health:
        return {status_of(core::verdict_on(seen)), json_text, health_json(seen)};
    case page::tunnel_health:
        return health_page(asked.tunnel, seen);
    case page::status:
        return {200, json_text, status_json(seen)};
    case page::tunnel_status:
        return status_page(asked.tunnel, seen);
    case page::metrics:
        return {200, "text/plain; version=0.0.4; charset=utf-8", metrics.text(seen)};
    case page::none:
        break;
    }
    return not_found(asked.path, false);
}

}  // namespace tunnelkeyd::serve
