// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"flag"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/flannel-io/flannel/pkg/backend"
	_ "github.com/flannel-io/flannel/pkg/backend/vxlan"
	"github.com/flannel-io/flannel/pkg/ip"
	"github.com/flannel-io/flannel/pkg/ipmatch"
	"github.com/flannel-io/flannel/pkg/subnet/kube"
	"github.com/flannel-io/flannel/pkg/trafficmngr/nftables"
	"k8s.io/klog/v2"
)

// resync is how often flannel looks whether its rules are still there, in seconds.
const resync = 5

// flanneld is flannel's daemon out of its packages: subnets from the Node objects, VXLAN, rules in nftables. Flannel's own main cannot be
// taken: its UDP backend wants a C compiler. Flags are named as there; NODE_NAME names the node.
func flanneld() {
	flags := flag.NewFlagSet("flanneld", flag.ExitOnError)
	kubeconfig := flags.String("kubeconfig-file", "", "how the API server is reached")
	configPath := flags.String("net-config-path", "/etc/kube-flannel/net-conf.json", "the network's configuration")
	subnetFile := flags.String("subnet-file", "/run/flannel/subnet.env", "where the node's subnets are written to")
	uplink := flags.String("iface", "", "interface between the nodes")
	masquerade := flags.Bool("ip-masq", false, "masquerade what pods send out of the network")
	_ = flags.Parse(os.Args[1:]) // exits by itself

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var tasks sync.WaitGroup
	defer tasks.Wait()

	leases, err := kube.NewSubnetManager(ctx, "", *kubeconfig, "flannel.alpha.coreos.com", *configPath, true)
	must("the subnets of nodes cannot be had", err)
	config, err := leases.GetNetworkConfig(ctx)
	must("the network's configuration cannot be read", err)
	stack, err := ipmatch.GetIPFamily(config.EnableIPv4, config.EnableIPv6)
	must("the network has no family", err)
	outside, err := ipmatch.LookupExtIface(*uplink, "", "", stack, ipmatch.PublicIPOpts{})
	must("the interface between nodes cannot be used", err)
	kind, err := backend.NewManager(ctx, leases, outside).GetBackend(config.BackendType)
	must("there is no such backend", err)
	network, err := kind.RegisterNetwork(ctx, &tasks, config)
	must("the network cannot be made", err)

	rules := &nftables.NFTablesManager{}
	must("nftables cannot be used", rules.Init(ctx, &tasks))
	if *masquerade {
		err := rules.SetupAndEnsureMasqRules(ctx, config.Network, ip.IP4Net{}, ip.IP4Net{}, config.IPv6Network, ip.IP6Net{}, ip.IP6Net{}, network.Lease(), resync)
		must("nothing can be masqueraded", err)
	}
	rules.SetupAndEnsureForwardRules(ctx, config.Network, config.IPv6Network, resync)
	must("the node's subnets cannot be written", leases.HandleSubnetFile(*subnetFile, config, *masquerade, network.Lease().Subnet, network.Lease().IPv6Subnet, network.MTU()))
	tasks.Add(1)
	go func() {
		defer tasks.Done()
		network.Run(ctx)
	}()
	must("the node cannot be told that its network is up", leases.CompleteLease(ctx, network.Lease(), &tasks))
}

// must ends the program where something failed: whoever runs it starts it again.
func must(what string, err error) {
	if err != nil {
		klog.Exitf("flanneld: %s: %v", what, err)
	}
}
