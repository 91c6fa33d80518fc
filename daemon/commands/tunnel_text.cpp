#include "daemon/commands/relative_time.hpp"
#include "daemon/commands/status_text.hpp"
#include "daemon/commands/wrap.hpp"

#include <ostream>
#include <string>

namespace tunnelkeyd::daemon {

namespace {

/// One tunnel's fields, one a line.
class fields {
public:
    fields(std::ostream& out, core::wall_time now, const display& on) : out_(out), now_(now), on_(on) {}

    void put(std::string name, const std::string& text) const {
        if (text.empty())
            return;
        name.resize(width, ' ');
        out_ << wrapped("  " + name, text, on_.columns);
    }
    void put(std::string name, std::optional<core::wall_time> at, const std::string& more = "") const {
        if (at)
            put(std::move(name), both_ways(*at, now_) + more);
    }

private:
    static constexpr std::size_t width = 14;
    std::ostream& out_;
    core::wall_time now_;
    const display& on_;
};

std::string requests(unsigned regenerates, unsigned installs) {
    return std::to_string(regenerates) + " regenerate, " + std::to_string(installs) + " install";
}

std::string rotation_text(const rotation_view& rotation, core::wall_time now) {
    return rotation.reason + (rotation.began_at ? ", began " + both_ways(*rotation.began_at, now) : "") + ", " +
           requests(rotation.regenerates, rotation.installs);
}

std::string gap_text(const tunnel_view& tunnel, core::wall_time now) {
    if (!tunnel.gap_opened_at)
        return "closed";
    return "open since " + both_ways(*tunnel.gap_opened_at, now) +
           (tunnel.key_pending ? "; the new key is stored, and not installed"
                               : "; no key is stored, another one is asked for");
}

std::string preflight_text(const preflight_view& preflight, core::wall_time now) {
    const auto at = preflight.at ? " " + both_ways(*preflight.at, now) : "";
    return preflight.passed ? "passed" + at : "failed" + at + ": " + preflight.problem;
}

}  // namespace

void print_tunnel(std::ostream& out, const status_view& seen, const tunnel_view& tunnel, const display& on) {
    const auto now = seen.at;
    out << painted(tunnel.name, paint::bold, on) << ": "
        << painted(shouted(tunnel.status), paint_of(tunnel.status), on) << "; at " << core::to_iso8601(now)
        << '\n';
    const fields line(out, now, on);
    line.put("state", tunnel.state + (tunnel.configured ? "" : "; it has left the configuration"));
    line.put("key gap", gap_text(tunnel, now));
    line.put("last success", tunnel.last_success);
    if (!tunnel.last_success)
        line.put("last success", "never");
    if (!tunnel.gap_opened_at)
        line.put("next", tunnel.next_at, ", " + tunnel.next_reason);
    line.put("paused", tunnel.paused_at);
    if (tunnel.rotation)
        line.put("rotation", rotation_text(*tunnel.rotation, now));
    if (tunnel.failures > 0)
        line.put("failures", std::to_string(tunnel.failures) + " in a row");
    line.put("last error", tunnel.last_error);
    line.put("next try", tunnel.retry_at);
    if (tunnel.preflight)
        line.put("preflight", preflight_text(*tunnel.preflight, now));
    line.put("instance", tunnel.instance_url);
    line.put("hostname", tunnel.hostname);
    line.put("organization",
             tunnel.organization + (tunnel.organization.empty() ? "" : " (" + tunnel.organization_id + ")"));
    line.put("credential", tunnel.credential_expires, ", where it ends");
    line.put("certificate", tunnel.client_certificate_expires, ", where it ends");
    print_problems(out, tunnel.problems, now, true, on);
}

}  // namespace tunnelkeyd::daemon
