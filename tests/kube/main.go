// SPDX-License-Identifier: Apache-2.0

// Kube is the programs of Kubernetes that the tests run against, etcd included, in one binary: they share most of their code, so one link and
// one file on disk do for all of them. Each is chosen by the name the binary is called by, or by its first argument:
//
//	kube kube-apiserver --version
//	ln -s kube kubectl; ./kubectl version --client
package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	_ "time/tzdata" // the kube-controller-manager needs the time zones, and a small machine has no files of them

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	_ "k8s.io/client-go/plugin/pkg/client/auth"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	"k8s.io/kubectl/pkg/cmd"
	"k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

// programs by name. A further one is a line here and its package above.
var programs = map[string]func(){
	"etcd":                    func() { etcdmain.Main(os.Args) },
	"flanneld":                flanneld,
	"kube-apiserver":          server(apiserver.NewAPIServerCommand),
	"kube-controller-manager": server(controllermanager.NewControllerManagerCommand),
	"kube-proxy":              server(proxy.NewProxyCommand),
	"kube-scheduler":          server(func() *cobra.Command { return scheduler.NewSchedulerCommand() }),
	"kubectl":                 kubectl,
	"kubelet":                 server(func() *cobra.Command { return kubelet.NewKubeletCommand(context.Background()) }),
}

// server runs a command that serves until it is told to end, and exits with its code.
func server(command func() *cobra.Command) func() {
	return func() { os.Exit(cli.Run(command())) }
}

// kubectl prints its own errors, without usage, and has an exit code for each kind (1, or what `diff` and plugins say).
func kubectl() {
	if err := cli.RunNoErrOutput(cmd.NewDefaultKubectlCommand()); err != nil {
		util.CheckErr(err)
	}
}

func main() {
	if run, ok := programs[filepath.Base(os.Args[0])]; ok {
		run()
		return
	}
	if len(os.Args) > 1 {
		if run, ok := programs[os.Args[1]]; ok {
			os.Args = os.Args[1:] // the program sees its own name first, as if it had been called by it
			run()
			return
		}
	}
	names := strings.Join(slices.Sorted(maps.Keys(programs)), ", ")
	fmt.Fprintf(os.Stderr, "kube: call it by the name of a program, or name one as first argument: %s\n", names)
	os.Exit(2)
}
