// SPDX-License-Identifier: Apache-2.0

/** The types of the other groups that we serve, in the notation of `readTypes`; see `coreTypes`. */
export const groupTypes = `
@io.k8s.api.apps.v1
Deployment spec:DeploymentSpec status:DeploymentStatus
DeploymentSpec replicas:int selector!:LabelSelector template!:PodTemplateSpec strategy:DeploymentStrategy^ minReadySeconds:int revisionHistoryLimit:int paused:bool progressDeadlineSeconds:int
DeploymentStrategy type:string rollingUpdate:RollingUpdate
RollingUpdate maxUnavailable:intstr maxSurge:intstr
DeploymentStatus observedGeneration:int replicas:int updatedReplicas:int readyReplicas:int availableReplicas:int unavailableReplicas:int terminatingReplicas:int conditions:[DeploymentCondition]{type} collisionCount:int
DeploymentCondition type!:string status!:string lastUpdateTime:time lastTransitionTime:time reason:string message:string
PodTemplateSpec metadata:ObjectMeta spec:PodSpec
DaemonSet spec:DaemonSetSpec status:DaemonSetStatus
DaemonSetSpec selector!:LabelSelector template!:PodTemplateSpec updateStrategy:DaemonSetUpdateStrategy minReadySeconds:int revisionHistoryLimit:int
DaemonSetUpdateStrategy type:string rollingUpdate:RollingUpdate
DaemonSetStatus currentNumberScheduled!:int numberMisscheduled!:int desiredNumberScheduled!:int numberReady!:int observedGeneration:int updatedNumberScheduled:int numberAvailable:int numberUnavailable:int collisionCount:int conditions:[DaemonSetCondition]{type}
DaemonSetCondition type!:string status!:string lastTransitionTime:time reason:string message:string
ReplicaSet spec:ReplicaSetSpec status:ReplicaSetStatus
ReplicaSetSpec replicas:int minReadySeconds:int selector!:LabelSelector template:PodTemplateSpec
ReplicaSetStatus replicas!:int fullyLabeledReplicas:int readyReplicas:int availableReplicas:int terminatingReplicas:int observedGeneration:int conditions:[DaemonSetCondition]{type}

@io.k8s.api.rbac.v1
Role rules:[PolicyRule]
ClusterRole rules:[PolicyRule] aggregationRule:AggregationRule
AggregationRule clusterRoleSelectors:[LabelSelector]
PolicyRule verbs!:[string] apiGroups:[string] resources:[string] resourceNames:[string] nonResourceURLs:[string]
RoleBinding subjects:[Subject] roleRef!:RoleRef
ClusterRoleBinding subjects:[Subject] roleRef!:RoleRef
!Subject kind!:string apiGroup:string name!:string namespace:string
!RoleRef apiGroup:string kind!:string name!:string

@io.k8s.api.coordination.v1
Lease spec:LeaseSpec
LeaseSpec holderIdentity:string leaseDurationSeconds:int acquireTime:microtime renewTime:microtime leaseTransitions:int strategy:string preferredHolder:string

@io.k8s.api.discovery.v1
EndpointSlice addressType!:string endpoints:[Endpoint] ports:[EndpointPort]
Endpoint addresses!:[string]= conditions:EndpointConditions hostname:string targetRef:ObjectReference deprecatedTopology:<string> nodeName:string zone:string hints:EndpointHints
EndpointConditions ready:bool serving:bool terminating:bool
EndpointHints forZones:[ForZone] forNodes:[ForZone]
ForZone name!:string
!EndpointPort name:string protocol:string port:int appProtocol:string

@io.k8s.api.events.v1
Event eventTime:microtime series:EventSeries reportingController:string reportingInstance:string action:string reason:string regarding:ObjectReference related:ObjectReference note:string type:string deprecatedSource:EventSource deprecatedFirstTimestamp:time deprecatedLastTimestamp:time deprecatedCount:int
EventSeries count!:int lastObservedTime!:microtime

@io.k8s.api.networking.v1
ServiceCIDR spec:ServiceCIDRSpec status:ServiceCIDRStatus
ServiceCIDRSpec cidrs:[string]
ServiceCIDRStatus conditions:[Condition]{type}

@io.k8s.api.scheduling.v1
PriorityClass value!:int globalDefault:bool description:string preemptionPolicy:string

@io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1
CustomResourceDefinition spec!:CustomResourceDefinitionSpec status:CustomResourceDefinitionStatus
CustomResourceDefinitionSpec group!:string names!:CustomResourceDefinitionNames scope!:string versions!:[CustomResourceDefinitionVersion] conversion:any preserveUnknownFields:bool
CustomResourceDefinitionNames plural!:string singular:string shortNames:[string] kind!:string listKind:string categories:[string]
CustomResourceDefinitionVersion name!:string served!:bool storage!:bool deprecated:bool deprecationWarning:string schema:CustomResourceValidation subresources:any additionalPrinterColumns:[CustomResourceColumnDefinition] selectableFields:[SelectableField]
CustomResourceValidation openAPIV3Schema:any
CustomResourceColumnDefinition name!:string type!:string format:string description:string priority:int jsonPath!:string
SelectableField jsonPath!:string
CustomResourceDefinitionStatus conditions:[CustomResourceDefinitionCondition]{type} acceptedNames:CustomResourceDefinitionNames storedVersions:[string]
CustomResourceDefinitionCondition type!:string status!:string lastTransitionTime:time reason:string message:string
`;
