#include "simulator/next_steps.hpp"

#include "core/shell_word.hpp"
#include "core/time.hpp"

namespace tunnelkeyd::simulator {

namespace {

std::string alarm(const core::config& real, const std::string& command, const std::string& control_url) {
    if (real.tunnels.empty())
        return "";
    const auto& name = real.tunnels.front().name;
    const auto after = core::to_string(real.health.gap_failing_after);
    return "An alarm: " + name + " does not take its new key. `gap_open` is DEGRADED first, FAILING after " +
           after +
           ",\nand over soon after the fault is:\n\n"
           "  curl -d '{\"kind\": \"status\", \"status\": 503, \"call\": \"install\", \"tunnel\": \"" +
           name + "\", \"times\": 0}' " + control_url + "/faults\n  tunnelkeyd rotate " + name + command +
           "\n  tunnelkeyd status" + command + "\n  curl -X DELETE " + control_url + "/faults\n\n";
}

}  // namespace

std::string next_steps(const core::config& real, const rehearsal& what, const addresses& at) {
    const auto command = " --config " + core::shell_word(what.copy.string()) + "\n";
    const auto tunnels = real.tunnels.size();
    std::string text = std::to_string(tunnels) + (tunnels == 1 ? " tunnel is" : " tunnels are") +
                       " simulated. Nothing real is called or changed, and no secret was read.\n"
                       "In another terminal, as the same user:\n\n"
                       "  tunnelkeyd run" +
                       command + "  tunnelkeyd rotate --all --wait" + command + "  tunnelkeyd plan" + command +
                       "\n";
    text += alarm(real, command.substr(0, command.size() - 1), at.control_url);
    text += "What is so in truth (\"in_step\": cloud and instance have the same key)";
    text += what.health_listen.empty() ? "" : ", and what the daemon says";
    text += ":\n\n  curl " + at.control_url + "/tunnels\n";
    if (!what.health_listen.empty())
        text += "  curl http://" + what.health_listen + "/healthz\n";
    return text + "\nMore faults, and what they lead to: docs/rehearsal.md. Ctrl-C ends the simulator.\n";
}

}  // namespace tunnelkeyd::simulator
